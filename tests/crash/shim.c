/* Stands between a program and the C library, for what cannot be played from outside: loaded by LD_PRELOAD.
 *
 * CRASH_UNDER  only files below this folder count
 * CRASH_AT     kill the process with SIGKILL at its call of this number that changes a file or a folder
 * CRASH_TORN   set: if that call is a write, half of it is done before
 * CRASH_COUNT  a file to which the number of such calls is written as they are made
 * CRASH_SHADOW a folder that gets what would survive a power cut: `<inode>` is a file as it was when it was last
 *              synced, `<inode>.names` a folder's names and their inodes when it was. Inodes are kept from being
 *              given to others by links in `kept`.
 * CRASH_CLOCK  seconds by which the clock is wrong
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static const char *under, *shadow;
static long at, calls;
static int is_torn, counter = -1;
static long clock_offset;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    const char *value;
    under = getenv("CRASH_UNDER");
    shadow = getenv("CRASH_SHADOW");
    at = (value = getenv("CRASH_AT")) ? atol(value) : 0;
    is_torn = getenv("CRASH_TORN") != NULL;
    clock_offset = (value = getenv("CRASH_CLOCK")) ? atol(value) : 0;
    if ((value = getenv("CRASH_COUNT")))
        counter = REAL(open)(value, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return 1;
}

static int counts(const char *path) {
    char whole[PATH_MAX];
    if (!under || !path) return 0;
    if (path[0] != '/') {
        char here[PATH_MAX / 2];
        if (!getcwd(here, sizeof here)) return 0;
        snprintf(whole, sizeof whole, "%s/%s", here, path);
        path = whole;
    }
    return strncmp(path, under, strlen(under)) == 0;
}

/* Number a call; true when it is the one to die at. */
static int is_last(const char *what, const char *path) {
    char line[PATH_MAX + 64];
    pthread_mutex_lock(&lock);
    long number = ++calls;
    if (counter >= 0) {
        int length = snprintf(line, sizeof line, "%ld %s %s\n", number, what, path);
        if (REAL(write)(counter, line, length) < 0) abort();
    }
    pthread_mutex_unlock(&lock);
    return number == at;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static int at_path(const char *what, const char *path) {
    if (!counts(path)) return 0;
    if (is_last(what, path)) die();
    return 1;
}

static int at_fd(const char *what, int fd) {
    char path[PATH_MAX];
    int error = errno;
    if (!under || !path_of(fd, path) || !counts(path)) return errno = error, 0;
    errno = error;
    return is_last(what, path);
}

/* --- What a power cut leaves. */

static void put(const char *name, const char *ending, const void *data, size_t size) {
    char draft[PATH_MAX], path[PATH_MAX];
    snprintf(draft, sizeof draft, "%s/draft", shadow);
    snprintf(path, sizeof path, "%s/%s%s", shadow, name, ending);
    int file = REAL(open)(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0 || (size && REAL(write)(file, data, size) != (ssize_t)size)) abort();
    close(file);
    if (REAL(rename)(draft, path)) abort();
}

static void keep_names(const char *folder, const char *inode) {
    char *text = malloc(1 << 20);
    size_t length = 0;
    DIR *open_folder = opendir(folder);
    if (!open_folder || !text) abort();
    for (struct dirent *entry; (entry = readdir(open_folder));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            length += snprintf(text + length, (1 << 20) - length, "%lu %s\n", (unsigned long)entry->d_ino, entry->d_name);
    closedir(open_folder);
    put(inode, ".names", text, length);
    free(text);
}

static void keep_data(int fd, const char *path, const char *inode, off_t size) {
    char *data = malloc(size ? size : 1);
    ssize_t got = pread(fd, data, size, 0);
    if (got < 0) { /* Opened for writing only. Not so SQLite's files: to close one more handle would free its locks. */
        int again = REAL(open)(path, O_RDONLY | O_CLOEXEC);
        got = pread(again, data, size, 0);
        close(again);
    }
    if (got != size) abort();
    put(inode, "", data, size);
    free(data);
}

static void note_sync(int fd) {
    char path[PATH_MAX], inode[32];
    struct stat about;
    int error = errno;
    if (!shadow || !path_of(fd, path) || !counts(path) || fstat(fd, &about)) { errno = error; return; }
    snprintf(inode, sizeof inode, "%lu", (unsigned long)about.st_ino);
    pthread_mutex_lock(&lock);
    if (S_ISDIR(about.st_mode)) keep_names(path, inode);
    else keep_data(fd, path, inode, about.st_size);
    pthread_mutex_unlock(&lock);
    errno = error;
}

/* A file loses a name: its inode must not be given to another, as its old name may come back. */
static void hold(const char *path) {
    char kept[PATH_MAX];
    struct stat about;
    int error = errno;
    if (shadow && counts(path) && !lstat(path, &about) && S_ISREG(about.st_mode)) {
        snprintf(kept, sizeof kept, "%s/kept/%lu", shadow, (unsigned long)about.st_ino);
        if (link(path, kept) && errno != EEXIST) abort();
    }
    errno = error;
}

/* --- The calls. */

ssize_t write(int fd, const void *data, size_t size) {
    if (at_fd("write", fd)) {
        if (is_torn) REAL(write)(fd, data, size / 2);
        die();
    }
    return REAL(write)(fd, data, size);
}

static ssize_t write_at(int fd, const void *data, size_t size, off_t offset) {
    if (at_fd("pwrite", fd)) {
        if (is_torn) REAL(pwrite)(fd, data, size / 2, offset);
        die();
    }
    return REAL(pwrite)(fd, data, size, offset);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return write_at(fd, data, size, offset); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) { return write_at(fd, data, size, offset); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (at_fd("writev", fd)) die();
    return REAL(writev)(fd, parts, count);
}
int ftruncate(int fd, off_t size) {
    if (at_fd("ftruncate", fd)) die();
    return REAL(ftruncate)(fd, size);
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

int fsync(int fd) {
    if (at_fd("fsync", fd)) die();
    int result = REAL(fsync)(fd);
    if (!result) note_sync(fd);
    return result;
}
int fdatasync(int fd) {
    if (at_fd("fdatasync", fd)) die();
    int result = REAL(fdatasync)(fd);
    if (!result) note_sync(fd);
    return result;
}

int rename(const char *old, const char *new) {
    at_path("rename", new);
    hold(new);
    return REAL(rename)(old, new);
}
int unlink(const char *path) {
    at_path("unlink", path);
    hold(path);
    return REAL(unlink)(path);
}
int mkdir(const char *path, mode_t mode) {
    at_path("mkdir", path);
    return REAL(mkdir)(path, mode);
}

static int open_file(const char *path, int flags, mode_t mode) {
    if (flags & (O_CREAT | O_TRUNC)) at_path("open", path);
    return REAL(open)(path, flags, mode);
}
int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open_file(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open_file(path, flags | O_LARGEFILE, mode);
}

int clock_gettime(clockid_t which, struct timespec *now) {
    int result = REAL(clock_gettime)(which, now);
    if (which == CLOCK_REALTIME) now->tv_sec += clock_offset;
    return result;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int result = REAL(gettimeofday)(now, zone);
    now->tv_sec += clock_offset;
    return result;
}
time_t time(time_t *now) {
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    if (now) *now = moment.tv_sec;
    return moment.tv_sec;
}
