"""What the process that opens strangers' documents may still do: compute, and answer.

Three walls, each sufficient for the common case: limits of memory, time and file size; no
further file descriptor, so that nothing is opened and no connection made; and, on Linux, a
filter of system calls that leaves out everything but reading, writing and memory.
"""

import ctypes
import platform
import resource
import signal
import struct
import sys

CPU_SECONDS = 0.7
MEMORY_BYTES = 200 * 1_048_576
ANSWER_BYTES = 4 * 1_048_576
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000  # refused calls answer EPERM

# The calls of an interpreter that computes: read, write, close, fstat, lseek, mmap, mprotect,
# munmap, brk, rt_sigaction, rt_sigprocmask, rt_sigreturn, ioctl, sched_yield, mremap, madvise,
# getpid, exit, sigaltstack, gettid, futex, clock_gettime, exit_group, getrandom, setitimer.
_CALLS = {
    "x86_64": (
        0xC000003E,
        (0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 25, 28, 39, 60)
        + (131, 186, 202, 228, 231, 318, 38),
    ),
    "aarch64": (
        0xC00000B7,
        (63, 64, 57, 80, 62, 222, 226, 215, 214, 134, 135, 139, 29, 124, 216, 233, 172, 93)
        + (132, 178, 98, 113, 94, 278, 103),
    ),
}


def limit_memory() -> None:
    """First of all: what is loaded from here on counts too."""
    _lower(resource.RLIMIT_AS, MEMORY_BYTES)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, ANSWER_BYTES)


def lock_down() -> bool:
    """Last before the document is opened; whether the filter of system calls holds too."""
    _lower(resource.RLIMIT_NOFILE, 3)
    # The timer ends the process to a hundredth of a second; the limit is behind it.
    _lower(resource.RLIMIT_CPU, 3)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    return _filter_calls()


def _lower(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def _filter_calls() -> bool:
    if sys.platform != "linux" or platform.machine() not in _CALLS:
        return False
    architecture, calls = _CALLS[platform.machine()]
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        *((_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    kept = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HP", len(steps), ctypes.addressof(kept))
    system = ctypes.CDLL(None)
    if system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return system.prctl(_SECCOMP, _FILTER, program, 0, 0) == 0
