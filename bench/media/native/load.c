/* The two ends of the load: speakers that send on time, listeners that only note what arrived.
 *
 * Both run without Python's lock, so that neither measures the interpreter. Latency is the
 * kernel's receive timestamp minus the moment before the send, both CLOCK_REALTIME.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 64
#define DATAGRAM_BYTES 640

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* ------------------------------------------------------------------ speaking */

struct utterance {
    int64_t due_ns;
    int64_t sent_ns; /* out; 0: not sent */
    uint32_t offset; /* of the sealed packet in `bytes` */
    uint16_t length;
    uint16_t speaker;
};

/* Send each packet when it is due, from its speaker's (connected) socket. */
void speak(const int32_t *fds, struct utterance *list, long count, const uint8_t *bytes,
           const volatile int32_t *stop) {
    for (long i = 0; i < count && !*stop; i++) {
        struct utterance *u = list + i;
        struct timespec due = {u->due_ns / 1000000000LL, u->due_ns % 1000000000LL};
        while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &due, NULL) == EINTR) {
        }
        int64_t before = now_ns();
        if (send(fds[u->speaker], bytes + u->offset, u->length, MSG_DONTWAIT) == u->length)
            u->sent_ns = before;
    }
}

/* ------------------------------------------------------------------ listening */

struct arrival {
    int64_t at_ns;
    uint32_t client;
    uint32_t ssrc;
    uint16_t sequence;
    uint16_t length;
    uint32_t unused;
};

struct datagram {
    uint32_t client;
    uint32_t length;
    uint32_t host; /* network order, as in sockaddr_in */
    uint32_t port;
    uint8_t data[DATAGRAM_BYTES];
};

struct notebook {
    const int32_t *fds; /* −1: not connected yet */
    struct arrival *arrivals;
    struct datagram *samples; /* whole RTP packets, for matching */
    struct datagram *checks;  /* STUN, for the caller to answer */
    uint64_t arrivals_size, arrivals_used;
    uint64_t samples_size, samples_used;
    uint64_t checks_size, checks_used;
    uint64_t not_noted; /* arrivals, samples or checks for which there was no room */
    uint64_t rtcp;
    uint32_t clients;
    uint32_t recording;
    uint32_t sample_mask; /* a packet is sampled where (sequence & mask) == 0 */
    uint32_t unused;
};

static uint8_t buffers[BATCH][1600], controls[BATCH][64];
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];
static struct sockaddr_in senders[BATCH];

static int64_t arrived_ns(struct msghdr *header) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS) {
            struct timespec t;
            memcpy(&t, CMSG_DATA(c), sizeof t);
            return t.tv_sec * 1000000000LL + t.tv_nsec;
        }
    return now_ns();
}

static void keep(struct notebook *book, struct datagram *list, uint64_t size, uint64_t *used,
                 uint32_t client, int k) {
    uint32_t length = messages[k].msg_len;
    if (*used >= size || length > DATAGRAM_BYTES) {
        book->not_noted++;
        return;
    }
    struct datagram *d = list + (*used)++;
    d->client = client;
    d->length = length;
    d->host = senders[k].sin_addr.s_addr;
    d->port = ntohs(senders[k].sin_port);
    memcpy(d->data, buffers[k], length);
}

static void note(struct notebook *book, uint32_t client, int k) {
    const uint8_t *b = buffers[k];
    uint32_t length = messages[k].msg_len;
    if (length >= 20 && b[0] < 4) {
        keep(book, book->checks, book->checks_size, &book->checks_used, client, k);
        return;
    }
    if (length < 12 || b[0] < 128 || b[0] > 191)
        return;
    if (b[1] >= 192 && b[1] <= 223) {
        book->rtcp++;
        return;
    }
    if (!book->recording)
        return;
    if (book->arrivals_used >= book->arrivals_size) {
        book->not_noted++;
        return;
    }
    struct arrival *a = book->arrivals + book->arrivals_used++;
    a->at_ns = arrived_ns(&messages[k].msg_hdr);
    a->client = client;
    a->ssrc = (uint32_t)b[8] << 24 | b[9] << 16 | b[10] << 8 | b[11];
    a->sequence = b[2] << 8 | b[3];
    a->length = length;
    if ((a->sequence & book->sample_mask) == 0)
        keep(book, book->samples, book->samples_size, &book->samples_used, client, k);
}

static void ready(int k) {
    vectors[k] = (struct iovec){buffers[k], sizeof buffers[k]};
    messages[k].msg_hdr = (struct msghdr){.msg_name = &senders[k],
                                          .msg_namelen = sizeof senders[k],
                                          .msg_iov = &vectors[k],
                                          .msg_iovlen = 1,
                                          .msg_control = controls[k],
                                          .msg_controllen = sizeof controls[k]};
}

/* Empty every client's socket once. */
void sweep(struct notebook *book) {
    if (!vectors[0].iov_base)
        for (int k = 0; k < BATCH; k++)
            ready(k);
    for (uint32_t client = 0; client < book->clients; client++) {
        int got;
        if (book->fds[client] < 0)
            continue;
        do {
            got = recvmmsg(book->fds[client], messages, BATCH, MSG_DONTWAIT, NULL);
            for (int k = 0; k < got; k++) {
                note(book, client, k);
                ready(k);
            }
        } while (got == BATCH);
    }
}
