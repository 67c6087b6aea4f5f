"""Every settings page, in groups: the index, the crumbs and the search read this table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SettingsPlace:
    """A page of settings. `scope` is what it takes to open it."""

    group: str
    label: str
    words: str
    route: str
    icon: str
    scope: str = "settings:write"


PLACES = (
    SettingsPlace(
        "Business",
        "Organization",
        "Name, address, tax numbers, currency, language.",
        "billing:organization",
        "building",
    ),
    SettingsPlace(
        "Business",
        "Look",
        "Logo, colour and layout of what you send, with a preview.",
        "billing:look",
        "eye",
    ),
    SettingsPlace(
        "Business",
        "Ways to pay",
        "Bank accounts and wallets on your invoices.",
        "billing:ways-to-pay",
        "coins",
    ),
    SettingsPlace(
        "Documents",
        "Numbering",
        "How invoices, quotes and payments are numbered.",
        "billing:numbering",
        "copy",
    ),
    SettingsPlace(
        "Documents",
        "Taxes",
        "The rates you charge, and why some charge none.",
        "billing:taxes",
        "percent",
        "products:read",
    ),
    SettingsPlace(
        "Documents",
        "Payment terms and sums",
        "Days to pay, notes, rounding, small differences.",
        "billing:terms",
        "clock",
    ),
    SettingsPlace(
        "Getting paid on time",
        "Reminders",
        "When customers are reminded, and how often.",
        "billing:reminders",
        "alert",
    ),
    SettingsPlace(
        "Getting paid on time",
        "Late fees",
        "Fees and interest on what is overdue.",
        "billing:late-fees",
        "percent",
    ),
    SettingsPlace(
        "Mail and customers",
        "Mail texts",
        "What your mail says, in each language.",
        "integrations:email-templates",
        "mail",
    ),
    SettingsPlace(
        "Mail and customers",
        "Opens and clicks",
        "Whether you are told that a mail was read.",
        "integrations:mail-tracking",
        "eye",
    ),
    SettingsPlace(
        "Mail and customers",
        "Customer portal",
        "What customers may do by themselves.",
        "billing:portal-settings",
        "person",
    ),
    SettingsPlace(
        "People and programs",
        "Team",
        "Who may come in, and what each of them may do.",
        "billing:team",
        "people",
    ),
    SettingsPlace(
        "People and programs",
        "API keys",
        "Keys for programs of your own.",
        "billing:api-keys",
        "key",
    ),
    SettingsPlace(
        "People and programs",
        "Applications",
        "Programs of others that people let in.",
        "integrations:applications",
        "link",
    ),
    SettingsPlace(
        "Connections",
        "Webhooks",
        "Tell other systems what has happened.",
        "integrations:webhooks",
        "hook",
        "webhooks:manage",
    ),
    SettingsPlace(
        "Connections",
        "Shops",
        "Orders of your shop become invoices.",
        "integrations:shops",
        "box",
        "webhooks:manage",
    ),
    SettingsPlace(
        "Connections",
        "Collecting",
        "Fetch invoices from your suppliers' portals.",
        "integrations:collecting",
        "download",
        "webhooks:manage",
    ),
    SettingsPlace(
        "Your data",
        "Import",
        "Customers, products and invoices from files, tried out first.",
        "billing:imports",
        "up",
        "invoices:write",
    ),
    SettingsPlace(
        "Your data",
        "Export",
        "Everything that is yours, in one file.",
        "billing:export",
        "down",
    ),
    SettingsPlace(
        "Your data",
        "Audit log",
        "Who did what and when, and whether the log is whole.",
        "billing:audit",
        "shield",
    ),
    SettingsPlace(
        "Trying things out",
        "Set-up guide",
        "The first steps, one after the other.",
        "billing:setup",
        "check-double",
    ),
    SettingsPlace(
        "Trying things out",
        "Test mode and sample data",
        "A place beside the real one, to fill and to empty.",
        "integrations:samples",
        "flask",
    ),
)
