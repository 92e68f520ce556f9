"""What can go wrong with jobs, beyond the uploads' content; each knows its HTTP status."""

from service.errors import StatusError


class UnknownJobError(StatusError):
    """No such job here, or it is past its retention."""

    code = "unknown_job"
    status = 404

    def __init__(self) -> None:
        super().__init__("There is no such job here. It may have been deleted or be past its retention. GET /v1/jobs lists those that are kept.")


class QueueFullError(StatusError):
    """As many jobs wait as may."""

    code = "queue_full"
    status = 429


class JobStateError(StatusError):
    """The job is not in a state that allows this."""

    code = "job_state"
    status = 409


class StorageError(StatusError):
    """Database or disk cannot be used now."""

    code = "storage_unavailable"
    status = 503


class CrossSiteError(StatusError):
    """A page of another site tried to start or end a job."""

    code = "cross_site"
    status = 403
