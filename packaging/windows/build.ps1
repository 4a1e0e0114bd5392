# Builds dist\LocaNext on Windows and runs its self-check. Ends with an error at the first thing that fails.
param([string]$Python = "python")
$ErrorActionPreference = "Stop"
Set-StrictMode -Version Latest
$root = Resolve-Path (Join-Path $PSScriptRoot "..\..")
Set-Location $root
$env:LOCANEXT_ENV_FILE = "none"
$env:PYTHONUTF8 = "1"

function Invoke-Checked([string]$What, [scriptblock]$Command) {
    Write-Host "==== $What ===="
    & $Command
    if ($LASTEXITCODE -ne 0) { throw "$What failed with status $LASTEXITCODE." }
}

if (-not (Test-Path "build\venv\Scripts\python.exe")) {
    Invoke-Checked "an environment with nothing but the desktop's packages" { & $Python -m venv build\venv }
    Invoke-Checked "packages" {
        & build\venv\Scripts\python.exe -m pip install --quiet --disable-pip-version-check `
            -r requirements\base.txt -r requirements\desktop.txt
    }
}
$venv = Join-Path $root "build\venv\Scripts\python.exe"

foreach ($old in "build\staticfiles", "build\locanext", "dist\LocaNext") {
    if (Test-Path $old) { Remove-Item -Recurse -Force $old }
}
$data = Join-Path ([IO.Path]::GetTempPath()) ("locanext-build-" + [Guid]::NewGuid())
New-Item -ItemType Directory $data | Out-Null
$env:DJANGO_SETTINGS_MODULE = "locanext_project.settings.server"
$env:DATABASE_TYPE = "sqlite"
$env:LOCANEXT_DATA = $data
$env:STATIC_ROOT = Join-Path $root "build\staticfiles"
Invoke-Checked "static files" { & $venv manage.py collectstatic --noinput -v 0 }
foreach ($name in "DJANGO_SETTINGS_MODULE", "DATABASE_TYPE", "LOCANEXT_DATA", "STATIC_ROOT") {
    Remove-Item "Env:$name"
}
Remove-Item -Recurse -Force $data

Invoke-Checked "build" { & $venv -m PyInstaller --noconfirm --log-level WARN desktop_launcher\locanext.spec }
Invoke-Checked "what the bundle holds" { & $venv -m desktop_launcher.bundle dist\LocaNext }

Write-Host "==== WebView2 bootstrapper ===="
$bootstrapper = Join-Path $root "build\MicrosoftEdgeWebview2Setup.exe"
if (-not (Test-Path $bootstrapper)) {
    Invoke-WebRequest -UseBasicParsing -Uri "https://go.microsoft.com/fwlink/p/?LinkId=2124703" -OutFile $bootstrapper
}
$signature = Get-AuthenticodeSignature $bootstrapper
if ($signature.Status -ne "Valid" -or $signature.SignerCertificate.Subject -notmatch "O=Microsoft Corporation") {
    Remove-Item $bootstrapper
    throw "The WebView2 bootstrapper is not signed by Microsoft: $($signature.Status)."
}

& (Join-Path $PSScriptRoot "self_check.ps1") -Program "dist\LocaNext\LocaNext.exe"
$size = (Get-ChildItem -Recurse -File dist\LocaNext | Measure-Object Length -Sum).Sum / 1MB
Write-Host ("dist\LocaNext: {0:N0} MB" -f $size)
