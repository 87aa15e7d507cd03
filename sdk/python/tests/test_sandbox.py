import subprocess
import sys
import unittest

BUILT = """
from tollgate.component import sandbox
sandbox.guard()
import logging, queue, random, sys, threading, time
from os import urandom
from time import time as moment
assert moment() > 0 and len(urandom(3)) == 3 and time.gmtime() and open(sys.executable, "rb").read(1)
own = random.Random()
drawn = random.random()
sandbox.close()
def result_of(call):
    try:
        return repr(call())
    except Exception as error:
        return f"{type(error).__name__}: {error}"
"""


class SandboxTests(unittest.TestCase):
    """Closing the sandbox changes the whole interpreter, so each test runs its own."""

    def check(self, expected: dict[str, str]) -> None:
        calls = ", ".join(f"{call!r}: result_of(lambda: {call})" for call in expected)
        script = f"{BUILT}\nsys.__stdout__.write(repr({{{calls}}}))"
        ran = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
        self.assertEqual((ran.stdout.decode(), ran.stderr), (repr(expected), b""))

    def test_missing_functions_explain_themselves_under_any_name(self) -> None:
        clock = "a contract has no clock of its own: use `tollgate.host.clock`"
        files = "a contract has no files: read them at the top of a module, at build time"
        threads = "a contract has no threads"
        debugger = "a contract has no debugger: print, and declare the capability `log` to read it"
        calls = {
            "moment()": ("time.time", clock),
            "time.sleep(1)": ("time.sleep", clock),
            "time.gmtime()": ("time.gmtime", clock),
            "time.localtime(None)": ("time.localtime", clock),
            "time.strftime('%Y')": ("time.strftime", clock),
            "urandom(3)": ("os.urandom", "a contract has no randomness"),
            "open('x')": ("builtins.open", files),
            "breakpoint()": ("builtins.breakpoint", debugger),
            "threading.Thread(target=print).start()": ("Thread.start", threads),
            "threading.Event().wait(1)": ("Condition.wait", threads),
            "queue.Queue().get()": ("Condition.wait", threads),
        }
        self.check(
            {
                call: f"PermissionError: `{name}` was called, but {hint}"
                for call, (name, hint) in calls.items()
            }
        )

    def test_functions_with_a_given_time_work(self) -> None:
        moment = "(2020, 2, 3, 4, 5, 6, 0, 34, 0)"
        self.check(
            {
                "time.gmtime(0)[:3]": "(1970, 1, 1)",
                f"time.strftime('%Y', {moment})": "'2020'",
                f"time.asctime({moment})": "'Mon Feb  3 04:05:06 2020'",
            }
        )

    def test_random_numbers_are_always_the_same(self) -> None:
        first = "0.8444218515250481"
        self.check(
            {
                "drawn": first,
                "own.random()": first,
                "random.random()": first,
                "random.Random().random()": first,
                "random.seed() or random.random()": first,
                "random.Random(None).random()": first,
                "random.Random(5).random()": "0.6229016948897019",
            }
        )

    def test_output_without_a_log_is_discarded_and_there_is_no_input(self) -> None:
        self.check(
            {
                "print('x')": "None",
                "sys.stderr.write('x')": "1",
                "logging.error('x')": "None",
                "sys.stdin": "None",
            }
        )
