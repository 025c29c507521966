"""What the kernel takes for many datagrams at once: sendmmsg(2), recvmmsg(2), their structures.

Through cffi's ABI mode: no compiler is needed. Owns declarations only.
"""

from __future__ import annotations

from cffi import FFI

ffi = FFI()
ffi.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr {
        void *msg_name; uint32_t msg_namelen;
        struct iovec *msg_iov; size_t msg_iovlen;
        void *msg_control; size_t msg_controllen;
        int msg_flags;
    };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int sendmmsg(int, struct mmsghdr *, unsigned int, int);
    int recvmmsg(int, struct mmsghdr *, unsigned int, int, void *);
    """
)
_libc = ffi.dlopen(None)
sendmmsg = _libc.sendmmsg
recvmmsg = _libc.recvmmsg
MAX_SOCKADDR_BYTES = 28
"""A `struct sockaddr_in6`."""
