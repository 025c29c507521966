/* The yardstick: one packet sealed for every receiver and sent, as C does it with libsrtp.
 *
 * Same library, same socket, same addresses, same chunks as server/media/embedded/fanout.py.
 * libsrtp's function is handed in, so that it is the very copy that pylibsrtp brings along.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#define CHUNK 64
#define STRIDE 256

typedef int (*protect_function)(void *context, void *packet, int *length);

static uint8_t packets[CHUNK][STRIDE];
static struct mmsghdr messages[CHUNK];
static struct iovec vectors[CHUNK];

/* Without `protect` packets go out as they are: what the kernel alone costs.
 * Returns how many packets were sent, or a negative number where sealing or sending failed.
 */
int fan_out(protect_function protect, void **contexts, const struct sockaddr_in *addresses,
            int count, const uint8_t *packet, int length, int socket) {
    int total = 0;
    for (int start = 0; start < count; start += CHUNK) {
        int used = count - start < CHUNK ? count - start : CHUNK;
        for (int k = 0; k < used; k++) {
            int sealed = length;
            memcpy(packets[k], packet, length);
            if (protect && protect(contexts[start + k], packets[k], &sealed))
                return -1;
            vectors[k] = (struct iovec){packets[k], sealed};
            messages[k].msg_hdr = (struct msghdr){.msg_name = (void *)(addresses + start + k),
                                                  .msg_namelen = sizeof *addresses,
                                                  .msg_iov = &vectors[k],
                                                  .msg_iovlen = 1};
        }
        for (int done = 0; done < used;) {
            int sent = sendmmsg(socket, messages + done, used - done, 0);
            if (sent <= 0)
                return -2;
            done += sent;
        }
        total += used;
    }
    return total;
}
