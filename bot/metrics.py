"""What we count, for ``/metrics``. Names follow Prometheus: a unit at the end, ``_total`` added by the library."""

from prometheus_client import Counter, Gauge, Histogram

_FINE = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

ACCEPTED = Counter("daogou_messages_accepted", "Messages and events kept in the inbox", ["channel"])
REFUSED = Counter("daogou_requests_refused", "Calls answered with a 4xx", ["door", "code"])
TURNS = Counter("daogou_turns", "Messages settled, by outcome", ["outcome"])
TURN_SECONDS = Histogram("daogou_turn_seconds", "Thinking time of one turn", buckets=_FINE)
WAIT_SECONDS = Histogram("daogou_reply_seconds", "From acceptance to the platform having the reply", buckets=_FINE)
SENT = Counter("daogou_messages_sent", "Messages handed to a platform, by result", ["channel", "result"])
PULLS = Counter("daogou_pulls", "Pulls of kf/sync_msg, by outcome", ["outcome"])
STALE = Counter("daogou_turns_stale", "Turns thrown away because the conversation had moved on")
FAULTS = Counter("daogou_faults", "Faults of database, Redis or platform that were survived", ["where"])
QUEUE = Gauge("daogou_queue_size", "Members of a due-queue", ["queue"], multiprocess_mode="mostrecent")
RASA = Counter(
    "daogou_rasa_sentences",
    "Sentences for the Rasa server, by outcome; all but answered and unsure were left to the built-in classifier",
    ["outcome"],
)
RASA_SECONDS = Histogram("daogou_rasa_seconds", "Time of one call of the Rasa server, successful or not", buckets=_FINE)
MODEL_SWAPS = Counter(
    "daogou_model_swaps", "Retrained NLU models, by outcome: live (swapped in, by each worker), refused or failed", ["outcome"]
)
RELEASE_SECONDS = Histogram(
    "daogou_release_build_seconds", "From finding a new release to answering with it, in a worker", buckets=_FINE
)
RELEASE_REFUSED = Gauge(
    "daogou_release_refused",
    "1 where the newest release cannot be used and an older one goes on answering",
    multiprocess_mode="livemax",
)
