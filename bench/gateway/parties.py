"""The processes of a run: the machine they are placed on, the mock upstream, and each gateway with
its configuration. Every process is ended by the handle that started it."""
import ctypes
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
CLIENT_KEY = "wye-bench-key-1f0c2a7d"
UPSTREAM_KEY = "mock-upstream-key-77"


def end_with_parent():
    """Runs in the child: should run.py be killed, the kernel ends its children too."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Machine:
    """Where processes run: proxies on one core, mock and load on a second, or with three or more
    each on its own."""

    def __init__(self, real_time):
        cores = sorted(os.sched_getaffinity(0))
        self.cores = {role: cores[min(place, len(cores) - 1)]
                      for place, role in enumerate(("proxy", "load", "mock"))}
        self.notes = []
        if len(cores) < 2:
            self.notes.append("only one core: all share it; trust the ratios alone")
        self.real_time = real_time and self.may_use_real_time()
        if real_time and not self.real_time:
            self.notes.append("no right to the real-time class: neighbours on this machine disturb")

    @staticmethod
    def may_use_real_time():
        try:
            before = os.sched_getscheduler(0), os.sched_getparam(0)
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
            os.sched_setscheduler(0, *before)
            return True
        except OSError:
            return False

    def start(self, role, command, **options):
        def prepare():
            end_with_parent()
            os.sched_setaffinity(0, {self.cores[role]})
            if self.real_time:
                os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        return subprocess.Popen([str(word) for word in command], preexec_fn=prepare, **options)


def stop(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def family(pid):
    """A process and its descendants (nginx has a master and a worker)."""
    pids = [pid]
    for tid in os.listdir(f"/proc/{pid}/task"):
        try:
            children = pathlib.Path(f"/proc/{pid}/task/{tid}/children").read_text().split()
        except OSError:
            continue
        for child in children:
            pids += family(int(child))
    return pids


def memory_kb(pids):
    """RSS sums pages that master and worker share twice; PSS does not. Both go to the JSON."""
    totals = {"rss_kb": 0, "pss_kb": 0}
    for member in pids:
        for line in pathlib.Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
            name, _, value = line.partition(":")
            if name in ("Rss", "Pss"):
                totals[name.lower() + "_kb"] += int(value.split()[0])
    return totals


# Ports that this run has handed out already.
_taken_ports = set()


def free_port():
    """A free port below the ephemeral range, which no outgoing connection can take meanwhile."""
    for port in range(21100, 30000):
        if port in _taken_ports:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _taken_ports.add(port)
        return port
    raise RuntimeError("no free port between 21100 and 30000")


def wait_for_port(port, process, seconds=10):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.02)
    return False


class Mock:
    def __init__(self, machine, program):
        self.port = free_port()
        self.process = machine.start("mock", [program, "--port", self.port, "--key", UPSTREAM_KEY])
        if not wait_for_port(self.port, self.process):
            raise RuntimeError("the mock upstream did not start")

    def settings(self, **values):
        """Sets what is answered from now on and gives the counts so far."""
        query = "&".join(f"{name}={value}" for name, value in values.items())
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request("POST", "/settings?" + query)
            return json.loads(link.getresponse().read())
        finally:
            link.close()


class GatewayDied(Exception):
    """One gateway is out of the run; the others carry on."""


class Proxy:
    """One gateway under test. `direct` is no gateway at all: the load calls the mock itself."""

    def __init__(self, name, setup):
        self.name, self.setup = name, setup
        self.process = None
        self.key = CLIENT_KEY

    def start(self):
        s = self.setup
        self.port = self.stream_port = free_port()
        if self.name == "nginx":
            self.stream_port = free_port()
        self.directory = s.work / self.name
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        template = {"nginx": "nginx.conf.in", "haproxy": "haproxy.cfg.in",
                    "wye": getattr(s, "wye_template", "wye.yaml.in")}
        text = (HERE / template[self.name]).read_text()
        for place, value in {
                "PORT": self.port, "STREAM_PORT": self.stream_port, "UPSTREAM": s.mock.port,
                "ADMIN_PORT": free_port() if self.name == "wye" else 0, "DIR": self.directory,
                "UPSTREAM_KEY": UPSTREAM_KEY, "CONNECTIONS": s.connections_max,
                # haproxy counts clients and takes a second connection for each by itself.
                "CLIENTS": s.connections_max // 2,
                "FILES": 2 * s.connections_max}.items():
            text = text.replace(f"@{place}@", str(value))
        config = self.directory / template[self.name].removesuffix(".in")
        config.write_text(text)
        program = s.programs[self.name]
        command = {"nginx": [program, "-p", self.directory, "-e", "nginx-error.log", "-c", config],
                   "haproxy": [program, "-db", "-f", config],
                   "wye": [program, "serve", "-c", config]}[self.name]
        self.log = self.directory / "output.log"
        environment = dict(os.environ, WYE_BENCH_KEY=CLIENT_KEY, WYE_NIGHTLY_KEY=CLIENT_KEY + "-nightly", MOCK_API_KEY=UPSTREAM_KEY)
        with open(self.log, "wb") as log:
            self.process = s.machine.start("proxy", command, stdout=log, stderr=log,
                                           stdin=subprocess.DEVNULL, env=environment)
        if not wait_for_port(self.port, self.process):
            stop(self.process)
            self.process = None
            raise GatewayDied(f"{self.name} did not start: {self.last_words()}")

    def stop(self):
        if self.process:
            stop(self.process)
        self.process = None

    def pids(self):
        """Its processes; an error with its last words when it is no longer there."""
        if self.process.poll() is not None:
            raise GatewayDied(f"{self.name} ended by itself with {self.process.returncode}: "
                              f"{self.last_words()}")
        return family(self.process.pid)

    def last_words(self):
        return self.log.read_text(errors="replace")[-600:].strip() or "it said nothing"


class Direct(Proxy):
    def __init__(self, setup):
        super().__init__("direct", setup)
        self.key = UPSTREAM_KEY
        self.port = self.stream_port = setup.mock.port

    def pids(self):
        return []


class Setup:
    """What a whole run shares: tools, programs, machine, mock, the working directory, budgets."""
