/* One packet of a room, sealed for every listener and sent: the inner loop of ../fanout.py in C.
 *
 * Optional: ../fanout_python.py does the same where there is no compiler. Decides nothing: who gets
 * the packet and under which nonce is worked out before, in ../audience.py, for both. Keeps
 * nothing between two calls, allocates nothing, frees nothing, and reads and writes only what it is
 * handed and its own stack. A packet that could not be sealed is never sent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#define CHUNK 64 /* packets a system call: the first listener does not wait for the last */
#define MAX_PACKET_BYTES 1536
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define GET_TAG 0x10 /* EVP_CTRL_AEAD_GET_TAG */

#ifndef SOURCE_DIGEST
#error "built by build.sh, which tells the loader of which source this is"
#endif
/* The SHA-256 of this file, in hexadecimal. */
const char *fan_out_source(void) { return SOURCE_DIGEST; }

/* EVP_EncryptInit_ex and so on, see EVP_EncryptInit(3): handed in, so that nothing is linked. */
struct openssl {
    int (*init)(void *context, const void *cipher, void *engine, const uint8_t *key,
                const uint8_t *nonce);
    int (*update)(void *context, uint8_t *out, int *written, const uint8_t *in, int length);
    int (*final)(void *context, uint8_t *out, int *written);
    int (*control)(void *context, int type, int size, void *value);
};

struct listener {
    void *context; /* an EVP_CIPHER_CTX of AES-128-GCM that has its key */
    uint32_t address_bytes;
    uint8_t address[28]; /* a sockaddr_in or sockaddr_in6 */
};

struct packet {
    const uint8_t *header, *payload;
    int header_bytes, payload_bytes;
    uint16_t sequence;
};

/* Write the SRTP packet (RFC 7714 §8) for one listener; returns 0 where OpenSSL refuses. */
static int seal(const struct openssl *evp, void *context, const uint8_t *first_nonce,
                const struct packet *packet, uint8_t *out) {
    int length = packet->payload_bytes, written = 0;
    uint8_t *sealed = out + packet->header_bytes, nonce[NONCE_BYTES];
    memcpy(nonce, first_nonce, NONCE_BYTES);
    nonce[NONCE_BYTES - 2] ^= (uint8_t)(packet->sequence >> 8);
    nonce[NONCE_BYTES - 1] ^= (uint8_t)packet->sequence;
    memcpy(out, packet->header, (size_t)packet->header_bytes);
    return evp->init(context, NULL, NULL, NULL, nonce) == 1 &&
           evp->update(context, NULL, &written, packet->header, packet->header_bytes) == 1 &&
           evp->update(context, sealed, &written, packet->payload, length) == 1 &&
           written == length && evp->final(context, sealed + length, &written) == 1 &&
           evp->control(context, GET_TAG, TAG_BYTES, sealed + length) == 1;
}

/* Returns how many were sent: a full socket drops the rest, a bad address only its own. */
static unsigned flush(int socket, struct mmsghdr *messages, unsigned used) {
    unsigned done = 0, sent = 0;
    while (done < used) {
        int taken = sendmmsg(socket, messages + done, used - done, 0);
        if (taken > 0) {
            done += (unsigned)taken;
            sent += (unsigned)taken;
        } else if (errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            done++;
        }
    }
    return sent;
}

/* Seal a packet for all of `count` listeners but number `skipped`, and send it; returns how many
 * the kernel took. The n-th listener's nonce, for sequence number 0, is at `nonces` + 12 n.
 */
unsigned fan_out(const struct openssl *evp, int socket, const struct listener *listeners,
                 const uint8_t *nonces, size_t count, size_t skipped, const uint8_t *header,
                 size_t header_bytes, const uint8_t *payload, size_t payload_bytes,
                 uint16_t sequence) {
    const struct packet packet = {header, payload, (int)header_bytes, (int)payload_bytes, sequence};
    const size_t bytes = header_bytes + payload_bytes + TAG_BYTES;
    uint8_t buffers[CHUNK * MAX_PACKET_BYTES];
    struct mmsghdr messages[CHUNK];
    struct iovec vectors[CHUNK];
    unsigned sent = 0;
    if (header_bytes > MAX_PACKET_BYTES || payload_bytes > MAX_PACKET_BYTES ||
        bytes > MAX_PACKET_BYTES)
        return 0;
    for (size_t at = 0; at < count;) {
        unsigned used = 0;
        for (; at < count && used < CHUNK; at++) {
            const struct listener *listener = listeners + at;
            uint8_t *out = buffers + used * bytes;
            if (at == skipped || listener->address_bytes > sizeof listener->address ||
                !seal(evp, listener->context, nonces + NONCE_BYTES * at, &packet, out))
                continue;
            vectors[used] = (struct iovec){out, bytes};
            messages[used].msg_hdr = (struct msghdr){.msg_name = (void *)listener->address,
                                                     .msg_namelen = listener->address_bytes,
                                                     .msg_iov = &vectors[used],
                                                     .msg_iovlen = 1};
            used++;
        }
        sent += flush(socket, messages, used);
    }
    return sent;
}
