/* Receivers for the hot path: sockets bound to N free ports of 127.0.0.1, emptied every 2 ms.
 * Usage: sink N; prints the ports, then on end of input how many packets came.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 64
static char buffers[BATCH][256];
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];

int main(int argc, char **argv) {
    int count = argc > 1 ? atoi(argv[1]) : 0, *fds = calloc(count + 1, sizeof *fds);
    for (int i = 0; i < count; i++) {
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t size = sizeof address;
        int bytes = 1 << 20;
        fds[i] = socket(AF_INET, SOCK_DGRAM, 0);
        setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
        if (fds[i] < 0 || bind(fds[i], (void *)&address, sizeof address) ||
            getsockname(fds[i], (void *)&address, &size)) {
            perror("sink");
            return 1;
        }
        printf("%d ", ntohs(address.sin_port));
    }
    printf("\n");
    fflush(stdout);
    for (int k = 0; k < BATCH; k++) {
        vectors[k] = (struct iovec){buffers[k], sizeof buffers[k]};
        messages[k].msg_hdr = (struct msghdr){.msg_iov = &vectors[k], .msg_iovlen = 1};
    }
    long total = 0;
    struct pollfd input = {.fd = 0, .events = POLLIN};
    while (poll(&input, 1, 2) == 0)
        for (int i = 0; i < count; i++) {
            int got;
            while ((got = recvmmsg(fds[i], messages, BATCH, MSG_DONTWAIT, NULL)) > 0)
                total += got;
        }
    printf("%ld\n", total);
    return 0;
}
