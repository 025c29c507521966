"""The embedded engine: one UDP port, ICE-lite, DTLS-SRTP, slots, fan-out. It never decodes."""
