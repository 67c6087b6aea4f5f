"""Every source there is, by its id. The contract that each fulfils is collectors.base."""

from integrations.collectors.base import Source
from integrations.collectors.sources.folder import Folder
from integrations.collectors.sources.http_json import HttpJson
from integrations.collectors.sources.imap import Imap
from integrations.collectors.sources.portal import Portal
from integrations.collectors.sources.self_v1 import SelfV1
from integrations.collectors.sources.sftp import Sftp
from integrations.collectors.sources.sketch import ANNOUNCED
from integrations.collectors.sources.stripe import Stripe
from integrations.collectors.sources.webdav import WebDav

_ACTIVE = (Imap(), Portal(), WebDav(), Sftp(), SelfV1(), Stripe(), HttpJson(), Folder())
SOURCES: dict[str, Source] = {source.description.id: source for source in (*_ACTIVE, *ANNOUNCED)}
