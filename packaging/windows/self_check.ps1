# Runs the self-check of a built or installed program. It has no console of its own: its output goes to a file.
param([Parameter(Mandatory)][string]$Program, [int]$Seconds = 240)
$ErrorActionPreference = "Stop"
$output = New-TemporaryFile
try {
    $process = Start-Process -FilePath (Resolve-Path $Program) -ArgumentList "--self-check" -PassThru `
        -RedirectStandardOutput $output.FullName -WindowStyle Hidden
    $null = $process.Handle  # keeps the exit status readable
    if (-not $process.WaitForExit($Seconds * 1000)) {
        $process.Kill()
        throw "The self-check took more than $Seconds s."
    }
    Get-Content $output.FullName -Encoding UTF8 | Write-Host
    if ($process.ExitCode -ne 0) { throw "The self-check ended with status $($process.ExitCode)." }
}
finally {
    Remove-Item $output.FullName -ErrorAction SilentlyContinue
}
$left = Get-Process -Name "LocaNext" -ErrorAction SilentlyContinue
if ($left) { throw "Processes are left: $($left.Id -join ', ')." }
