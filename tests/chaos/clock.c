/* The clock on the wall, moved for whoever preloads this; the monotonic clock stays true.
 *
 * CHAOS_CLOCK names a file of eight bytes, by how many seconds the clock is wrong. It is mapped,
 * so every process sees a jump at once. (libfaketime 0.9.10 breaks Python's time.sleep as soon
 * as it leaves the monotonic clock alone, as a jump of a real clock does.)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t right = 0;
static const volatile int64_t *wrong_by = &right;

__attribute__((constructor)) static void look_at_the_clock(void) {
    const char *path = getenv("CHAOS_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *found = mmap(NULL, sizeof *wrong_by, PROT_READ, MAP_SHARED, file, 0);
    if (found != MAP_FAILED)
        wrong_by = found;
    close(file);
}

int clock_gettime(clockid_t which, struct timespec *now) {
    int failed = (int)syscall(SYS_clock_gettime, which, now);
    if (!failed && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
        now->tv_sec += *wrong_by;
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec fine;
    int failed = clock_gettime(CLOCK_REALTIME, &fine);
    now->tv_sec = fine.tv_sec;
    now->tv_usec = fine.tv_nsec / 1000;
    return failed;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result)
        *result = now.tv_sec;
    return now.tv_sec;
}

/* The kernel waits by its own clock. */
int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
    static int (*wait)(sem_t *, const struct timespec *);
    if (!wait)
        *(void **)&wait = dlsym(RTLD_NEXT, "sem_timedwait");
    struct timespec true_until = {until->tv_sec - *wrong_by, until->tv_nsec};
    return wait(semaphore, &true_until);
}
