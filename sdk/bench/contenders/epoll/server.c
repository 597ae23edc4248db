/*
 * What the system itself costs: a server of idle connections on epoll, with one timer of
 * 100 ms that writes to one slot of them after the other and looks whether they have spoken.
 *
 *   server <heartbeat-time in ms> <slack in ms> <octets of a heartbeat, in hex>
 *
 * Says its port in a line. Answers each line of its input with "<cpu ms> <rss octets>", and
 * ends with its input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { TICK_MS = 100, MAX_FILES = 1 << 20, MAX_EVENTS = 1024, MAX_BEAT = 128 };

/* By file descriptor. */
static struct { uint32_t heard_at, slot; int open; } connections[MAX_FILES];
static uint32_t tick, accepted, slots, patience;
static int highest, poll_fd;
static unsigned char beat[MAX_BEAT];
static size_t beat_length;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void drop(int fd) {
    connections[fd].open = 0;
    close(fd);
}

static void watch(int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

static void accept_all(int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        if (fd >= MAX_FILES) {
            close(fd);
            continue;
        }
        int yes = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        connections[fd].heard_at = tick;
        connections[fd].slot = accepted++ % slots;
        connections[fd].open = 1;
        if (fd > highest) highest = fd;
        watch(fd);
    }
}

static void beat_slot(int timer) {
    uint64_t expirations = 0;
    if (read(timer, &expirations, sizeof expirations) != sizeof expirations) return;
    tick += (uint32_t)expirations;
    for (int fd = 0; fd <= highest; fd++) {
        if (!connections[fd].open || connections[fd].slot != tick % slots) continue;
        if (tick - connections[fd].heard_at > patience) drop(fd);
        else if (write(fd, beat, beat_length) < 0 && errno != EAGAIN) drop(fd);
    }
}

static void hear(int fd) {
    unsigned char octets[4096];
    ssize_t length = read(fd, octets, sizeof octets);
    if (length > 0) connections[fd].heard_at = tick;
    else if (length == 0 || errno != EAGAIN) drop(fd);
}

static void answer(void) {
    char line[256];
    struct rusage used;
    long pages = 0, resident = 0;
    if (read(STDIN_FILENO, line, sizeof line) <= 0) exit(0);
    getrusage(RUSAGE_SELF, &used);
    FILE *statm = fopen("/proc/self/statm", "r");
    if (statm != NULL) {
        if (fscanf(statm, "%ld %ld", &pages, &resident) != 2) resident = 0;
        fclose(statm);
    }
    double cpu_ms = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
                    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
    printf("%.3f %ld\n", cpu_ms, resident * sysconf(_SC_PAGESIZE));
    fflush(stdout);
}

int main(int count, char **arguments) {
    if (count != 4) return 2;
    uint32_t heartbeat_ms = (uint32_t)atoi(arguments[1]);
    slots = heartbeat_ms / TICK_MS;
    patience = (heartbeat_ms + (uint32_t)atoi(arguments[2])) / TICK_MS + 1;
    beat_length = strlen(arguments[3]) / 2;
    if (slots == 0 || beat_length == 0 || beat_length > MAX_BEAT) return 2;
    for (size_t at = 0; at < beat_length; at++) {
        unsigned octet = 0;
        if (sscanf(arguments[3] + 2 * at, "%2x", &octet) != 1) return 2;
        beat[at] = (unsigned char)octet;
    }
    signal(SIGPIPE, SIG_IGN);

    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0) fail("bind");
    if (listen(listener, 4096) != 0) fail("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);

    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct timespec period = {.tv_sec = 0, .tv_nsec = TICK_MS * 1000000L};
    struct itimerspec every = {.it_interval = period, .it_value = period};
    if (timer < 0 || timerfd_settime(timer, 0, &every, NULL) != 0) fail("timerfd");
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (poll_fd < 0) fail("epoll_create1");
    watch(listener);
    watch(timer);
    watch(STDIN_FILENO);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    for (;;) {
        struct epoll_event events[MAX_EVENTS];
        int ready = epoll_wait(poll_fd, events, MAX_EVENTS, -1);
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        for (int at = 0; at < ready; at++) {
            int fd = events[at].data.fd;
            if (fd == listener) accept_all(listener);
            else if (fd == timer) beat_slot(timer);
            else if (fd == STDIN_FILENO) answer();
            else if (connections[fd].open) hear(fd);
        }
    }
}
