"""The wire: every message that crosses a process boundary, and nothing else.

One source of truth. `signalling` and `http` are spoken between browser and gate, `media` between
gate and media workers, `analysis` between gate or media and the analysis process. JSON Schema and
`client/src/protocol.gen.ts` are generated from here (`python -m protocol.generate`), and the
golden messages in `vectors/` are read by pytest and by vitest.
"""
