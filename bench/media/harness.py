"""Runs a plan: load processes one beside the other, measured in turn, medians taken."""

from __future__ import annotations

import asyncio
import statistics
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Self, TypeVar

import msgspec

from bench.media.figures import Failure, Figures, Joined, Measured, Round, Row, Spec, TargetName
from bench.media.plan import SMALL_ROOM_LISTENERS, Load, Plan

JOIN_S = 300.0
SPARE_S = 60.0
STOP_S = 15.0
Answer = Joined | Measured | Failure
_answers: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)
_Kind = TypeVar("_Kind", Joined, Measured)


class LoadError(RuntimeError):
    """A load process could not make or measure its load."""


class LoadProcess:
    """One server and its clients, joined and silent but when measured."""

    def __init__(self, spec: Spec, prefix: Sequence[str]) -> None:
        self.spec = spec
        self._prefix = prefix

    async def __aenter__(self) -> Self:
        spec = msgspec.json.encode(self.spec).decode()
        self._process = await asyncio.create_subprocess_exec(
            *self._prefix,
            *(sys.executable, "-m", "bench.media.load", spec),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            self.joined = await self._read(Joined, JOIN_S)
        except LoadError:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """The end of its input ends it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(STOP_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def measure(self, plan: Round) -> Measured:
        """Measure once.

        Raises:
            LoadError
        """
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(plan) + b"\n")
        return await self._read(Measured, plan.idle_s + plan.run_s + SPARE_S)

    async def _read(self, kind: type[_Kind], timeout_s: float) -> _Kind:
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(timeout_s):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise LoadError(f"no answer within {timeout_s:.0f} s") from None
        if not line:
            raise LoadError("the load process ended")
        answer = _answers.decode(line)
        if isinstance(answer, kind):
            return answer
        raise LoadError(answer.reason if isinstance(answer, Failure) else "out of turn")


class Harness:
    """One run. Servers that cannot be measured are left out, with the reason in `skipped`."""

    def __init__(
        self, plan: Plan, host: str, prefix: Sequence[str], say: Callable[[str], None]
    ) -> None:
        self._plan = plan
        self._host = host
        self._prefix = prefix
        self._say = say
        self.rows: dict[TargetName, list[Row]] = {"embedded": [], "janus": [], "aiortc_relay": []}
        self.ratios: dict[str, float] = {}
        """Net CPU a packet of another server over ours, by `server listeners×speakers`."""
        self.one_room: list[Row] = []
        self.small_rooms: Row | None = None
        self.skipped: list[str] = []

    async def run(self) -> None:
        """Everything but the hot path."""
        for load in self._plan.loads:
            await self._run_load(load)
        for load in self._plan.one_room:
            await self._run_one_room(load)
        await self._run_small_rooms()

    async def _run_load(self, load: Load) -> None:
        name = f"{load.listeners}x{load.speakers}"
        async with AsyncExitStack() as stack:
            processes: list[LoadProcess] = []
            for target in load.targets:
                spec = Spec(
                    target=target,
                    host=self._host,
                    listeners=load.listeners,
                    speakers=load.speakers,
                )
                process = await self._enter(stack, spec, name)
                if process is not None:
                    processes.append(process)
            found = await self._measure(processes, name)
        for process, measured in found:
            self.rows[process.spec.target].append(_median_row(process, measured))
        self._compare(name, {process.spec.target: measured for process, measured in found})

    async def _run_one_room(self, load: Load) -> None:
        """On one worker and on two, which are connected at the same time and measured in turn."""
        name = f"one room {load.listeners}x{load.speakers}"
        async with AsyncExitStack() as stack:
            processes: list[LoadProcess] = []
            for workers in (1, 2):
                spec = Spec(
                    target="embedded",
                    host=self._host,
                    listeners=load.listeners,
                    speakers=load.speakers,
                    workers=workers,
                )
                process = await self._enter(stack, spec, f"{name} on {workers}")
                if process is not None:
                    processes.append(process)
            for process, measured in await self._measure(processes, name):
                self.one_room.append(_median_row(process, measured))

    async def _run_small_rooms(self) -> None:
        plan = self._plan
        spec = Spec(
            target="embedded",
            host=self._host,
            listeners=SMALL_ROOM_LISTENERS,
            speakers=1,
            rooms=plan.small_rooms,
            packets_per_s=plan.small_rooms_packets_per_s,
        )
        name = f"{plan.small_rooms} rooms"
        async with AsyncExitStack() as stack:
            process = await self._enter(stack, spec, name)
            if process is None:
                return
            for _, measured in await self._measure([process], name):
                self.small_rooms = _median_row(process, measured)

    async def _enter(self, stack: AsyncExitStack, spec: Spec, name: str) -> LoadProcess | None:
        self._say(f"{name}: {spec.target} …")
        try:
            return await stack.enter_async_context(LoadProcess(spec, self._prefix))
        except LoadError as error:
            self._skip(spec.target, name, error)
            return None

    async def _measure(
        self, processes: Sequence[LoadProcess], name: str
    ) -> list[tuple[LoadProcess, list[Measured]]]:
        """All rounds, server by server in each; a server that fails is left out from then on."""
        found: list[tuple[LoadProcess, list[Measured]]] = [(p, []) for p in processes]
        for _ in range(self._plan.rounds):
            for entry in list(found):
                process, measured = entry
                try:
                    measured.append(await process.measure(self._plan.round))
                except LoadError as error:
                    self._skip(process.spec.target, name, error)
                    found.remove(entry)
        return found

    def _skip(self, target: TargetName, name: str, error: LoadError) -> None:
        self._say(f"{name}: {target} left out: {error}")
        self.skipped.append(f"{target} {name}: {error}")

    def _compare(self, name: str, measured: dict[TargetName, list[Measured]]) -> None:
        ours = measured.pop("embedded", [])
        for target, theirs in measured.items():
            pairs = zip(theirs, ours, strict=False)
            ratios = [their.net_us / our.net_us for their, our in pairs if our.net_us > 0]
            if ratios:
                self.ratios[f"{target} {name}"] = statistics.median(ratios)


def _median_row(process: LoadProcess, measured: Sequence[Measured]) -> Row:
    spec = process.spec
    figures: dict[str, float | None] = {}
    for field in set(Figures.__struct_fields__) - {"worker_shares"}:
        values = [getattr(one, field) for one in measured]
        known = [value for value in values if value is not None]
        figures[field] = statistics.median(known) if known else None
    return msgspec.convert(
        {
            **figures,
            "worker_shares": [
                statistics.median(shares)
                for shares in zip(*(one.worker_shares for one in measured), strict=True)
            ],
            "timed": sum(one.timed for one in measured),
            "listeners": spec.listeners,
            "speakers": spec.speakers,
            "rooms": spec.rooms,
            "workers": spec.workers,
            "rounds": len(measured),
            "join_cpu_ms": process.joined.cpu_ms,
            "fanout": process.joined.fanout,
        },
        Row,
    )
