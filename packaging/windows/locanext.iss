; The installer of LocaNext, for Inno Setup 6: iscc packaging\windows\locanext.iss
; For one user and without an administrator. The user's data is elsewhere (%LOCALAPPDATA%\LocaNext): neither an
; update nor uninstalling touches it.
#define Root SourcePath + "..\.."
#define Version Trim(FileRead(FileOpen(Root + "\build\VERSION")))

[Setup]
AppId={{5D0C6E0A-6E3B-4E50-9B43-7A0B4C0B2F11}
AppName=LocaNext
AppVersion={#Version}
AppPublisher=LocaNext
DefaultDirName={localappdata}\Programs\LocaNext
DefaultGroupName=LocaNext
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
OutputDir={#Root}\dist
OutputBaseFilename=LocaNext-Setup
SetupIconFile={#Root}\packaging\icons\locanext.ico
UninstallDisplayIcon={app}\LocaNext.exe
LicenseFile={#Root}\LICENSE
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
; A running LocaNext is asked to close, so that its files can be replaced; it ends in order.
CloseApplications=yes
RestartApplications=no

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "ko"; MessagesFile: "compiler:Languages\Korean.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[InstallDelete]
; What an older version brought and this one does not.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Root}\dist\LocaNext\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs
Source: "{#Root}\build\MicrosoftEdgeWebview2Setup.exe"; DestDir: "{tmp}"; Flags: deleteafterinstall; Check: WebView2IsMissing

[Icons]
Name: "{group}\LocaNext"; Filename: "{app}\LocaNext.exe"
Name: "{autodesktop}\LocaNext"; Filename: "{app}\LocaNext.exe"; Tasks: desktopicon

[Run]
Filename: "{tmp}\MicrosoftEdgeWebview2Setup.exe"; Parameters: "/silent /install"; StatusMsg: "WebView2 ..."; Flags: waituntilterminated; Check: WebView2IsMissing
Filename: "{app}\LocaNext.exe"; Description: "{cm:LaunchProgram,LocaNext}"; Flags: nowait postinstall skipifsilent

[Code]
const
  Client = 'Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}';

function HasVersion(Root: Integer; Folder: String): Boolean;
var
  Version: String;
begin
  Result := RegQueryStringValue(Root, Folder, 'pv', Version) and (Version <> '') and (Version <> '0.0.0.0');
end;

{ Where the program itself looks, too: desktop_launcher/webview2.py. }
function WebView2IsMissing: Boolean;
begin
  Result := not (HasVersion(HKLM, 'SOFTWARE\WOW6432Node\' + Client)
    or HasVersion(HKLM, 'SOFTWARE\' + Client)
    or HasVersion(HKCU, 'Software\' + Client));
end;
