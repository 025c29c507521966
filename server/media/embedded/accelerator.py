"""The optional C loop of the fan-out (native/fan_out.c): found, checked, declared.

Through cffi's ABI mode, over the OpenSSL that pylibsrtp brings along. Owns the one use of
pylibsrtp's private module besides its own. Never compiles and never writes: native/build.sh does.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from cffi import FFI
from pylibsrtp import _binding

from server.media.embedded.mmsg import MAX_SOCKADDR_BYTES

LIBRARY = Path(__file__).parent / "native" / "fan_out.so"
SOURCE = LIBRARY.with_suffix(".c")
KEY_BYTES = 16

ffi = FFI()
ffi.cdef(
    f"""
    void *EVP_CIPHER_CTX_new(void);
    void EVP_CIPHER_CTX_free(void *);
    const void *EVP_aes_128_gcm(void);
    int EVP_EncryptInit_ex(void *, const void *, void *, const uint8_t *, const uint8_t *);
    int EVP_EncryptUpdate(void *, uint8_t *, int *, const uint8_t *, int);
    int EVP_EncryptFinal_ex(void *, uint8_t *, int *);
    int EVP_CIPHER_CTX_ctrl(void *, int, int, void *);

    struct openssl {{
        int (*init)(void *, const void *, void *, const uint8_t *, const uint8_t *);
        int (*update)(void *, uint8_t *, int *, const uint8_t *, int);
        int (*final)(void *, uint8_t *, int *);
        int (*control)(void *, int, int, void *);
    }};
    struct listener {{
        void *context;
        uint32_t address_bytes;
        uint8_t address[{MAX_SOCKADDR_BYTES}];
    }};
    const char *fan_out_source(void);
    unsigned fan_out(const struct openssl *, int, const struct listener *, const uint8_t *,
                     size_t, size_t, const uint8_t *, size_t, const uint8_t *, size_t,
                     uint16_t);
    """
)


class AcceleratorMissingError(Exception):
    """The C loop cannot be used; the message says why."""


class Accelerator:
    """The C loop and what it seals with; one serves any number of sockets."""

    def __init__(self, loop: Any, openssl: Any) -> None:
        # Both are kept: cffi unloads a library with its last reference, in use or not.
        self._loop = loop
        self._openssl = openssl
        self.fan_out = loop.fan_out
        self.evp = ffi.new("struct openssl *")
        """The functions of OpenSSL that `fan_out` calls."""
        self.evp.init = openssl.EVP_EncryptInit_ex
        self.evp.update = openssl.EVP_EncryptUpdate
        self.evp.final = openssl.EVP_EncryptFinal_ex
        self.evp.control = openssl.EVP_CIPHER_CTX_ctrl

    def context(self, key: bytes) -> Any:
        """AES-128-GCM under this key, an `EVP_CIPHER_CTX *` that is freed with its last reference.

        Raises:
            ValueError: another length of key.
            MemoryError
        """
        if len(key) != KEY_BYTES:
            raise ValueError("AES-128 takes 16 bytes")
        made = ffi.gc(self._openssl.EVP_CIPHER_CTX_new(), self._openssl.EVP_CIPHER_CTX_free)
        cipher = self._openssl.EVP_aes_128_gcm()
        if not made or self.evp.init(made, cipher, ffi.NULL, key, ffi.NULL) != 1:
            raise MemoryError
        return made


def load_accelerator(library: Path = LIBRARY) -> Accelerator:
    """Load the C loop.

    Raises:
        AcceleratorMissingError: it was not built, or of another source than is here now, or
            pylibsrtp does not show its OpenSSL.
    """
    if not library.exists():
        raise AcceleratorMissingError("it was not built, which tools/native.sh does")
    try:
        loop = ffi.dlopen(str(library))
        source = ffi.string(loop.fan_out_source()).decode()
        if source != hashlib.sha256(SOURCE.read_bytes()).hexdigest():
            raise AcceleratorMissingError("it was built of another source, run tools/native.sh")
        return Accelerator(loop, ffi.dlopen(_binding.__file__))
    except (OSError, AttributeError) as error:
        raise AcceleratorMissingError(str(error)) from error
