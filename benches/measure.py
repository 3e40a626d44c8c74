"""Times whole processes in turn: medians, ratios, spreads and peak memory. Knows no plan and no corpus."""

import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field

# The environment without what would change our program's options.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("QPLAN_")}


@dataclass
class Side:
    """A command, what is done once before all its runs, and what before each of them, untimed."""

    command: list
    first: list = field(default_factory=list)
    before: list = field(default_factory=list)

    def prepare(self):
        for act in self.first:
            act()

    def run(self):
        """Wall seconds, processor seconds and peak memory in MB of one run; its output is thrown away."""
        for act in self.before:
            act()
        began = time.perf_counter()
        child = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            sys.exit(f"exit code {child.returncode}: {' '.join(self.command)}")
        return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def middle(values):
    """The median of values, and how far they spread."""
    return statistics.median(values), [min(values), max(values)]


def summary(rows):
    """Medians of one side's runs."""
    seconds, spread = middle([seconds for seconds, _, _ in rows])
    return {"seconds": seconds, "seconds_spread": spread, "processor_seconds": middle([used for _, used, _ in rows])[0],
            "memory_mb": middle([memory for _, _, memory in rows])[0], "memory_seen_mb": own_memory()}


def own_memory():
    """Peak memory in MB of this process. A child's is never told as less: the system counts what it was forked from."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def alone(ours, runs):
    """Runs one side, once to warm up, then `runs` times."""
    ours.prepare()
    return summary([ours.run() for _ in range(runs + 1)][1:])


def pair(ours, theirs, runs):
    """Runs both in turn, once to warm up, then `runs` times; the ratio is the median of those of the pairs."""
    ours.prepare()
    theirs.prepare()
    rows = [(ours.run(), theirs.run()) for _ in range(runs + 1)][1:]
    ratio, ratios = middle([mine[0] / other[0] for mine, other in rows])
    other = {f"reference_{name}": value for name, value in summary([other for _, other in rows]).items()}
    return {**summary([mine for mine, _ in rows]), **other, "ratio": ratio, "ratio_spread": ratios}


class Program:
    """Our program, with the options it has, and the ways it is run by: with no cache, a new one, a filled one."""

    def __init__(self, path, scratch):
        self.path, self.scratch = path, scratch
        usage = subprocess.run([path, "run", "--help"], capture_output=True, text=True, check=True).stdout
        self.has_cache = "--cache-dir" in usage and "--no-cache" in usage
        self.version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]

    def cold(self, *arguments):
        """With nothing cached and nothing kept."""
        return Side([self.path, *arguments, *(["--no-cache"] if self.has_cache else [])])

    def filling(self, *arguments):
        """With nothing cached; what was read is kept, each time in a new folder."""
        folder = os.path.join(self.scratch, "filling")
        return Side([self.path, *arguments, "--cache-dir", folder], before=[lambda: clear(folder)])

    def warm(self, *arguments, before=()):
        """With a cache that the run before filled."""
        folder = os.path.join(self.scratch, "warm")
        return Side([self.path, *arguments, "--cache-dir", folder], first=[lambda: clear(folder)], before=list(before))

    def stages(self, *arguments, runs):
        """Milliseconds by stage, medians of warm runs, as `-vv` tells them; nothing where it tells none."""
        side = self.warm("-vv", *arguments)
        side.prepare()
        told = [stages_of(side.command) for _ in range(runs + 1)][1:]
        return {name: statistics.median(run.get(name, 0.0) for run in told) for name in told[0]}


def stages_of(command):
    """Lines `stage NAME MS` of standard error, those of one name added up."""
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT, check=False)
    found = {}
    if done.returncode == 0:
        for name, took in re.findall(r"^stage (\w+) ([\d.]+)(?: ?ms)?$", done.stderr.decode(errors="replace"), re.M):
            found[name] = found.get(name, 0.0) + float(took)
    return found


def clear(folder):
    """Makes a folder new and empty."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)


class Edited:
    """A copy of a corpus in which one file is another before each run, never the same twice."""

    def __init__(self, corpus, folder, file):
        self.folder, self.path = folder, os.path.join(folder, file)
        if not os.path.isdir(folder):
            stage = folder + ".part"
            shutil.rmtree(stage, ignore_errors=True)
            shutil.copytree(corpus, stage, symlinks=True)
            os.rename(stage, folder)
        with open(os.path.join(corpus, file), "rb") as original:
            self.text = original.read()
        self.revert()

    def edit(self):
        number = time.time_ns()
        with open(self.path, "wb") as file:
            file.write(self.text + f"\n\ndef edited_{number}(value):\n    return value + {number}\n".encode())

    def revert(self):
        with open(self.path, "wb") as file:
            file.write(self.text)
