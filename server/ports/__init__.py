"""The seams: what services need of the outside. Implementations are chosen in bootstrap only.

Each module owns the ports of one side; all of them are imported from here.
"""

from server.ports.captions import *  # noqa: F403
from server.ports.clock import *  # noqa: F403
from server.ports.media import *  # noqa: F403
from server.ports.notify import *  # noqa: F403
from server.ports.store import *  # noqa: F403
