"""One start of the program on one machine: database, demo, server and worker, and the check of all of it."""

from __future__ import annotations

import hashlib
import html
import http.cookiejar
import ipaddress
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import environ

from locanext_project.children import end_children, start_child
from locanext_project.database_choice import decide

BASE_DIR = Path(__file__).resolve().parent.parent
READY_SECONDS = 90.0
YES = ("1", "true", "yes", "on")


class LaunchFailed(Exception):
    """Why the program did not start or did not pass its check, for people."""


def say(text: str) -> None:
    """One line for the person at the terminal, shown at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def free_port(host: str, wanted: int) -> int:
    """`wanted`, or the next port nobody listens on (0: any). Raises LaunchFailed when 100 are taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(wanted, wanted + 100) if wanted else (0,):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise LaunchFailed(f"No port from {wanted} to {wanted + 99} is free on {host}.")


def prepare_environment(host: str) -> bool:
    """Settings for the children: profile, database, transport; whether the demo is allowed."""
    if os.environ.get("LOCANEXT_ENV_FILE", "") != "none":
        environ.Env.read_env(os.environ.get("LOCANEXT_ENV_FILE") or BASE_DIR / ".env")
    os.environ["DJANGO_SETTINGS_MODULE"] = "locanext_project.settings.server"
    # The terminal is for addresses and problems, not for one line a task.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    decide(os.environ)
    local = is_loopback(host)
    # Behind a proxy even loopback is public, and the demo's passwords are known to everybody.
    proxied = os.environ.get("HTTPS", "").lower() in YES or bool(os.environ.get("TRUSTED_PROXIES"))
    if local:
        os.environ.setdefault("HTTPS", "0")
    elif not os.environ.get("ALLOWED_HOSTS"):
        names = {"127.0.0.1", "localhost", socket.gethostname(), socket.getfqdn()}
        if host not in ("0.0.0.0", "::"):  # noqa: S104 (compared, not bound)
            names.add(host)
        os.environ["ALLOWED_HOSTS"] = ",".join(sorted(names))
    return local and not proxied


def manage(*arguments: str, capture: bool = False) -> str:
    """Run a manage.py command; its output when captured. Raises LaunchFailed when it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        check=False,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE if capture else None,
    )
    if done.returncode:
        raise LaunchFailed(f"`manage.py {arguments[0]}` failed; the lines above say why.")
    return done.stdout or ""


def prepare_database(demo_allowed: bool) -> dict[str, object]:
    """Migrate, then make or retire the demo; what `manage.py demo` says about it."""
    say(f"Preparing the database ({os.environ['DATABASE_TYPE']}) ...")
    manage("migrate", "--noinput", "-v", "0")
    if os.environ.get("HTTPS", "1").lower() in YES:
        manage("collectstatic", "--noinput", "-v", "0")
    else:  # files are served from where they are, but the server warns of a folder that is not there
        Path(os.environ.get("STATIC_ROOT") or BASE_DIR / "staticfiles").mkdir(parents=True, exist_ok=True)
    answer: dict[str, object] = json.loads(
        manage("demo", "ensure" if demo_allowed else "retire", "--json", capture=True)
    )
    if answer.get("created"):
        say(f"Made the demo project with {answer.get('rows')} rows.")
    return answer


def prepare_search() -> None:
    """Compile the fuzzy search once for each version of its code and of Python, before anybody waits for it."""
    data = Path(os.environ.get("LOCANEXT_DATA") or BASE_DIR / "var")
    code = b"".join(path.read_bytes() for path in sorted((BASE_DIR / "apps/tm/matching").glob("*.py")))
    wanted = hashlib.sha256(code + sys.version.encode()).hexdigest()
    stamp = data / "numba" / "compiled"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    say("Preparing the search in memories (once, some seconds) ...")
    manage("tm_index", "--warm", capture=True)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted, encoding="ascii")


def wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> float:
    """Seconds until the server answered. Raises LaunchFailed when it ended or took too long."""
    begin = time.monotonic()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _KeepRedirects())
    while time.monotonic() - begin < READY_SECONDS:
        if server.poll() is not None:
            raise LaunchFailed(
                f"The server ended with status {server.returncode} while starting; the lines above say why."
            )
        try:
            opener.open(address, timeout=5).close()
            return time.monotonic() - begin
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 500:
                return time.monotonic() - begin
            raise LaunchFailed(
                f"The server answers {address} with status {error.code}; the lines above say why."
            ) from None
        except OSError:
            time.sleep(0.1)
    raise LaunchFailed(f"The server did not answer within {READY_SECONDS:.0f} seconds.")


class _KeepRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: following it may lead to a proxy that is not there yet."""

    def redirect_request(self, *arguments: object, **options: object) -> None:
        return None


def fetch_demo(address: str, demo: dict[str, object]) -> dict[str, float]:
    """Sign in as a browser does and fetch the demo file's first rows: seconds a step, and the rows.

    Raises LaunchFailed naming the step that failed.
    """
    cookies = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(cookies))
    figures: dict[str, float] = {}

    def get(step: str, url: str, data: dict[str, object] | None = None) -> tuple[str, str]:
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        request = urllib.request.Request(url, body, {"Referer": url})
        begin = time.monotonic()
        try:
            with opener.open(request, timeout=30) as answer:
                text = answer.read().decode("utf-8")
                final = answer.geturl()
        except (OSError, UnicodeDecodeError) as error:
            raise LaunchFailed(f"{step}: {url} failed: {error}") from None
        figures[step] = time.monotonic() - begin
        return final, text

    login, page = get("login page", address)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None:
        raise LaunchFailed(f"{login} is not a login page: it holds no sign-in form.")
    user = {"username": demo.get("username", ""), "password": demo.get("password", "")}
    after, page = get("sign in", login, {"csrfmiddlewaretoken": html.unescape(token.group(1)), **user})
    if urllib.parse.urlsplit(after).path == urllib.parse.urlsplit(login).path:
        raise LaunchFailed(f"The demo login {user['username']!r} was refused.")
    _, text = get("first rows", urllib.parse.urljoin(address, f"/api/v1/files/{demo['file_id']}/rows?start=0&count=50"))
    answer = json.loads(text)
    rows = answer if isinstance(answer, list) else answer.get("rows") or answer.get("results") or []
    if not rows:
        raise LaunchFailed(f"The demo file {demo['file_id']} came without rows: {text[:200]}")
    figures["rows"] = len(rows)
    return figures


def announce(address: str, demo_allowed: bool, demo: dict[str, object]) -> None:
    """Where the program is, and who may sign in."""
    if os.environ.get("DATABASE_FALLBACK"):
        say("\n" + "!" * 78)
        say(f"!! PostgreSQL at {os.environ.get('POSTGRES_HOST')} did not answer. This start uses SQLite: other data.")
        say("!" * 78)
    say(f"\nLocaNext is running: {address}")
    if demo_allowed and demo.get("username"):
        say(f"Demo login:          {demo['username']} / {demo['password']}")
    elif demo_allowed:
        say("The demo was deleted. Sign in with an account of yours.")
    else:
        say("There is no demo login: others may reach this address. Any demo accounts are switched off.")
        say("The first account is made with: python manage.py createsuperuser (inside the environment).")
        if os.environ.get("HTTPS", "1").lower() in YES:
            say("Pages are redirected to https: TLS is expected in front. HTTPS=false in .env means plain HTTP.")
    if os.environ["DATABASE_TYPE"] == "postgresql":
        say(f"Database:            PostgreSQL at {os.environ.get('POSTGRES_HOST') or '127.0.0.1'}")
    else:
        say(f"Database:            SQLite in {os.environ.get('LOCANEXT_DATA') or BASE_DIR / 'var'}")
    say("Ctrl+C stops it.\n")


def serve(host: str, port: int, check: bool) -> int:
    """Start the server and the worker, and stay until Ctrl+C (or, with `check`, until the figures are known)."""
    begin = time.monotonic()
    demo_allowed = prepare_environment(host)
    if check and not demo_allowed:
        raise LaunchFailed(
            "--check needs the demo login, which exists on loopback without a proxy only (HTTPS, TRUSTED_PROXIES)."
        )
    demo = prepare_database(demo_allowed)
    prepare_search()
    port = free_port(host, 0 if check else port)
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    address = f"http://{shown}:{port}/"
    server = start_child("daphne", "-v", "0", "-b", host, "-p", str(port), "locanext_project.asgi:application")
    worker = start_child("manage.py", "worker")
    try:
        wait_until_ready(address, server)
        if check:
            if not demo.get("file_id"):
                raise LaunchFailed("The demo file does not exist any more, so there is nothing to fetch.")
            ready = time.monotonic() - begin
            figures = fetch_demo(address, demo)
            say(f"started and answering in {ready:.1f} s")
            for step in ("login page", "sign in", "first rows"):
                say(f"{step}: {figures[step] * 1000:.0f} ms")
            say(f"rows fetched: {figures['rows']:.0f} of {demo.get('rows')} in the demo")
            return 0
        announce(address, demo_allowed, demo)
        while server.poll() is None:
            if worker.poll() is not None:
                say(f"The worker ended with status {worker.returncode}; starting it again.")
                time.sleep(1)
                worker = start_child("manage.py", "worker")
            time.sleep(0.3)
        raise LaunchFailed(f"The server ended with status {server.returncode}; the lines above say why.")
    finally:
        end_children([server, worker])
