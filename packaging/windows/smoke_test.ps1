# Installs dist\LocaNext-Setup.exe silently, runs the installed program's self-check, starts and closes its window,
# uninstalls, and looks whether the program is gone and the user's data is not.
param([string]$Setup = "dist\LocaNext-Setup.exe")
$ErrorActionPreference = "Stop"
$app = Join-Path $env:LOCALAPPDATA "Programs\LocaNext"
$data = Join-Path ([IO.Path]::GetTempPath()) ("locanext-smoke-" + [Guid]::NewGuid())

function Wait-Exit($Process, [int]$Seconds, [string]$What) {
    $null = $Process.Handle
    if (-not $Process.WaitForExit($Seconds * 1000)) { $Process.Kill(); throw "$What took more than $Seconds s." }
    if ($Process.ExitCode -ne 0) { throw "$What ended with status $($Process.ExitCode)." }
}

$begin = Get-Date
$install = Start-Process (Resolve-Path $Setup) -ArgumentList "/VERYSILENT", "/SUPPRESSMSGBOXES", "/NORESTART" -PassThru
Wait-Exit $install 120 "Installing"
Write-Host ("installed in {0:N0} s" -f ((Get-Date) - $begin).TotalSeconds)

& (Join-Path $PSScriptRoot "self_check.ps1") -Program (Join-Path $app "LocaNext.exe")

$env:LOCANEXT_DATA = $data
try {
    $window = Start-Process (Join-Path $app "LocaNext.exe") -PassThru
    $end = (Get-Date).AddSeconds(60)
    do {
        Start-Sleep -Milliseconds 200
        $window.Refresh()
        if ($window.HasExited) { throw "The window ended by itself with status $($window.ExitCode)." }
    } until ($window.MainWindowHandle -ne 0 -or (Get-Date) -gt $end)
    if ($window.MainWindowHandle -eq 0) { throw "No window in 60 s." }
    Start-Sleep -Seconds 10
    $null = $window.CloseMainWindow()
    Wait-Exit $window 30 "Closing the window"
    Start-Sleep -Seconds 2
    if (Get-Process -Name "LocaNext" -ErrorAction SilentlyContinue) { throw "Processes outlive the window." }
    if (-not (Test-Path (Join-Path $data "locanext.sqlite3"))) { throw "The window made no database." }
}
finally {
    Remove-Item Env:LOCANEXT_DATA
}

$uninstall = Start-Process (Join-Path $app "unins000.exe") -ArgumentList "/VERYSILENT", "/SUPPRESSMSGBOXES" -PassThru
Wait-Exit $uninstall 120 "Uninstalling"
Start-Sleep -Seconds 3
if (Test-Path (Join-Path $app "LocaNext.exe")) { throw "The program is still there." }
if (-not (Test-Path (Join-Path $data "locanext.sqlite3"))) { throw "Uninstalling took the data along." }
Remove-Item -Recurse -Force $data
Write-Host "smoke test passed"
