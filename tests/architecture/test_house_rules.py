"""House rules as patterns. Each rule carries lines that it must pass and must catch."""

import re
from dataclasses import dataclass

import pytest

from tests.architecture.sources import PACKAGES, python_files, shown


@dataclass(frozen=True)
class Rule:
    name: str
    pattern: str
    good: tuple[str, ...]
    bad: tuple[str, ...]
    packages: tuple[str, ...] = PACKAGES
    # Path parts that the rule leaves alone, each with a reason in the rule's name.
    except_in: tuple[str, ...] = ()


RULES = [
    Rule(
        "no binary fractions in money code",
        r"\bfloat\(|FloatField|parse_float=float",
        good=("Decimal(text)", "isinstance(value, float)"),
        bad=("float(text)", "models.FloatField()"),
        packages=("core", "billing", "integrations"),
    ),
    Rule(
        "no clock in the kernel and the domain; pages and commands are interfaces",
        r"timezone\.now\(|datetime\.now\(|date\.today\(|\.utcnow\(|(?<!date)time\.time\(",
        good=("at: datetime", "uuid7()", "datetime.time(6)"),
        bad=("timezone.now()", "date.today()", "time.time()"),
        packages=("core", "billing"),
        except_in=("web", "management", "admin"),
    ),
    Rule(
        "rows are reached through their organization",
        r"\b(Invoice|Customer|Payment|Product|Quote|CreditNote|TaxProfile|Refund)"
        r"\.objects\.(get|filter|all|first)\(",
        good=("Invoice.objects.of(organization_id).get(pk=pk)",),
        bad=("Invoice.objects.get(pk=pk)", "Customer.objects.all()"),
        except_in=("admin", "management"),
    ),
    Rule(
        "consequences live in the wiring table, never in model signals",
        r"post_save|pre_save|post_delete|pre_delete|m2m_changed",
        good=("connection_created.connect(choose_journal)",),
        bad=("@receiver(post_save, sender=Invoice)",),
    ),
    Rule(
        "no save() overrides in models",
        r"def save\(self",
        good=("def save_draft(self",),
        bad=("    def save(self, *args):",),
        packages=("core", "accounts/models", "billing/models", "integrations/models"),
    ),
    Rule(
        "money states change by asking a table",
        r"\.status = [\"']",
        good=("invoice.status = INVOICE.next(invoice.status, 'issue')",),
        bad=('invoice.status = "issued"',),
        packages=("billing",),
    ),
    Rule(
        "nothing is left unfinished",
        r"\bTODO\b|\bFIXME\b|\bXXX\b|NotImplementedError|not implemented",
        good=("todo_list = []",),
        bad=("# TODO: later", "raise NotImplementedError"),
    ),
    Rule(
        "what differs between dialects is said by their values, not by branches on their names",
        r"\bdialect(\.name)? (==|!=) [\"']|(?<!for )\bdialect(\.name)? (not )?in [(\[{]"
        r"|\bdialect is [A-Z]",
        good=("if key.dialect != self.dialect.name:", "rows.filter(dialect=self.dialect.name)"),
        bad=(
            'if dialect == "wallet":',
            "if self.dialect is WALLET:",
            'x if dialect.name in ("a",)',
        ),
        packages=("integrations", "billing"),
    ),
    Rule(
        "errors are not swallowed whole",
        r"except (Exception|BaseException):\s*pass|except:\s",
        good=("except ValueError:",),
        bad=("except Exception: pass", "except: pass"),
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_tells_good_from_bad(rule: Rule) -> None:
    assert [line for line in rule.good if re.search(rule.pattern, line)] == []
    assert [line for line in rule.bad if not re.search(rule.pattern, line)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_code_keeps_the_rule(rule: Rule) -> None:
    broken = [
        f"{shown(path)}:{number}: {line.strip()}"
        for path in python_files(*rule.packages)
        if not set(path.parts) & set(rule.except_in)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(rule.pattern, line)
    ]
    assert broken == []
