"""Every source there is, by its id. The contract that each fulfils is collectors.base."""

from integrations.collectors.base import Source
from integrations.collectors.sources.folder import Folder
from integrations.collectors.sources.http_json import HttpJson
from integrations.collectors.sources.imap import Imap

SOURCES: dict[str, Source] = {
    source.description.id: source for source in (Imap(), HttpJson(), Folder())
}
