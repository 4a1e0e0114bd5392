# Signs every binary of a folder, or one file, with a time stamp. The certificate is the one with this thumbprint in
# the certificate store (hardware tokens and cloud signing appear there), or a PFX file. Its password is read
# from SIGN_PASSWORD and never written anywhere.
param(
    [string]$Folder,
    [string]$File,
    [string]$Thumbprint = $env:SIGN_THUMBPRINT,
    [string]$Pfx = $env:SIGN_PFX,
    [string]$TimeStamp = "http://timestamp.digicert.com"
)
$ErrorActionPreference = "Stop"
if (-not $Thumbprint -and -not $Pfx) { throw "Name a certificate: SIGN_THUMBPRINT or SIGN_PFX." }
$kits = "${env:ProgramFiles(x86)}\Windows Kits\10\bin\*\x64\signtool.exe"
$signtool = Get-ChildItem $kits -ErrorAction SilentlyContinue | Sort-Object FullName | Select-Object -Last 1
if (-not $signtool) { throw "signtool.exe is not installed (Windows SDK)." }

$files = @()
if ($Folder) {
    $files += Get-ChildItem -Recurse -File $Folder -Include *.exe, *.dll, *.pyd |
        Where-Object { (Get-AuthenticodeSignature $_.FullName).Status -ne "Valid" } |
        ForEach-Object { $_.FullName }
}
if ($File) { $files += (Resolve-Path $File).Path }
$who = if ($Thumbprint) { @("/sha1", $Thumbprint) } else { @("/f", $Pfx, "/p", $env:SIGN_PASSWORD) }
for ($first = 0; $first -lt $files.Count; $first += 50) {
    $part = $files[$first..([Math]::Min($first + 49, $files.Count - 1))]
    & $signtool.FullName sign /fd SHA256 /td SHA256 /tr $TimeStamp @who $part
    if ($LASTEXITCODE -ne 0) { throw "signtool failed with status $LASTEXITCODE." }
}
foreach ($one in $files) {
    $signature = Get-AuthenticodeSignature $one
    if ($signature.Status -ne "Valid") { throw "$one is not signed: $($signature.Status)." }
}
Write-Host "Signed $($files.Count) files."
