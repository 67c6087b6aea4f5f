"""People, organizations, keys and applications: what the migrations that this replaces come to."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.oauth_formats
import core.fields
import core.ids
from core.tenancy import protect


def build(apps, schema_editor):
    tables = ["bankaccount", "application", "app"]
    protect(schema_editor, [f"accounts_{table}" for table in tables])


class Migration(migrations.Migration):
    replaces = [
        ('accounts', '0001_initial'),
        ('accounts', '0002_row_security'),
        ('accounts', '0003_oauth'),
        ('accounts', '0004_directory'),
        ('accounts', '0005_apps'),
        ('accounts', '0006_apps_of_key_pairs'),
        ('accounts', '0007_payment_terms'),
        ('accounts', '0008_key_expiry'),
        ('accounts', '0009_mail_tracking'),
        ('accounts', '0010_portal_settings'),
    ]

    initial = True
    # The toolkit's own migrations look for the models that these take the place of.
    run_before = [("oauth2_provider", "0001_initial")]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('first_name', models.CharField(blank=True, max_length=100)),
                ('last_name', models.CharField(blank=True, max_length=100)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('birth_date', models.DateField(blank=True, null=True)),
                ('locale', models.CharField(default='en', max_length=10)),
                ('is_staff', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('client_type', models.CharField(choices=[('confidential', 'Confidential'), ('public', 'Public')], max_length=32, verbose_name='client type')),
                ('name', models.CharField(max_length=100)),
                ('client_id', models.CharField(default=accounts.oauth_formats.make_client_id, editable=False, max_length=64, unique=True, verbose_name='client ID')),
                ('client_secret', models.CharField(blank=True, help_text='SHA-256 of the secret; empty for public applications.', max_length=64)),
                ('secret_prefix', models.CharField(blank=True, help_text='For display.', max_length=16)),
                ('redirect_uris', models.TextField(blank=True, help_text='Separated by spaces.', verbose_name='redirect addresses')),
                ('scopes', models.JSONField(default=list, help_text='The most it can be given.')),
                ('acts_alone', models.BooleanField(default=False, help_text='May get a token for the organization itself, without a person.')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Organization',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('legal_name', models.CharField(blank=True, max_length=200, verbose_name='legal name')),
                ('trading_name', models.CharField(blank=True, max_length=200)),
                ('vat_id', models.CharField(blank=True, max_length=40, verbose_name='VAT id')),
                ('tax_registration_id', models.CharField(blank=True, max_length=40)),
                ('legal_registration_id', models.CharField(blank=True, max_length=60)),
                ('legal_registration_scheme', models.CharField(blank=True, max_length=8)),
                ('electronic_address', models.CharField(blank=True, max_length=100)),
                ('electronic_address_scheme', models.CharField(blank=True, max_length=8)),
                ('address_line1', models.CharField(blank=True, max_length=200)),
                ('address_line2', models.CharField(blank=True, max_length=200)),
                ('address_line3', models.CharField(blank=True, max_length=200)),
                ('city', models.CharField(blank=True, max_length=100)),
                ('subdivision', models.CharField(blank=True, max_length=100)),
                ('postal_code', models.CharField(blank=True, max_length=20)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('contact_name', models.CharField(blank=True, max_length=200)),
                ('contact_phone', models.CharField(blank=True, max_length=40)),
                ('contact_email', models.EmailField(blank=True, max_length=254)),
                ('name', models.CharField(max_length=200)),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('livemode', models.BooleanField(default=True)),
                ('test_clock', models.DateTimeField(blank=True, help_text="The sandbox's own time; empty means the real time.", null=True)),
                ('plan', models.CharField(choices=[('starter', 'Starter'), ('professional', 'Professional'), ('enterprise', 'Enterprise')], default='professional', max_length=20)),
                ('rate_limit_per_minute', models.PositiveIntegerField(blank=True, help_text="Overrides the plan's limit.", null=True)),
                ('logo', models.ImageField(blank=True, upload_to='logos/')),
                ('accent_color', models.CharField(default='#1d4ed8', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$')])),
                ('template', models.CharField(default='tmpl_modern', max_length=32)),
                ('email', models.EmailField(blank=True, help_text='Where customers reach you; reply-to of mail.', max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('website', models.URLField(blank=True)),
                ('legal_text', models.TextField(blank=True, help_text='Capital, court, small-business text.')),
                ('currency', models.CharField(default='USD', max_length=4)),
                ('accounting_currency', models.CharField(blank=True, help_text='Currency of the books; empty means the currency above.', max_length=4)),
                ('timezone', models.CharField(default='UTC', max_length=64)),
                ('locale', models.CharField(default='en_US', max_length=10)),
                ('payment_terms_days', models.PositiveSmallIntegerField(default=30)),
                ('payment_terms', models.CharField(blank=True, help_text="Such as '2/10 net 30' or 'net 45 eom'; empty: only the days above.", max_length=60)),
                ('default_notes', models.TextField(blank=True)),
                ('default_terms', models.TextField(blank=True)),
                ('number_assignment', models.CharField(choices=[('on_create', 'On Create'), ('on_issue', 'On Issue')], default='on_create', max_length=12)),
                ('rounding', models.CharField(choices=[('group', 'Group'), ('line', 'Line'), ('keep_gross', 'Keep Gross')], default='group', max_length=12)),
                ('inclusive_order', models.CharField(choices=[('net_first', 'Net First'), ('tax_first', 'Tax First')], default='net_first', max_length=12)),
                ('prices_include_tax', models.BooleanField(default=False)),
                ('cash_rounding_minor', core.fields.MinorUnitsField(default=0, help_text='Smallest coin in minor units, such as 5 for 0.05 CHF; 0 is off.')),
                ('date_order', models.CharField(choices=[('warn', 'Warn'), ('refuse', 'Refuse')], default='warn', max_length=8)),
                ('write_off_tolerance_minor', core.fields.MinorUnitsField(default=0, help_text='Largest open difference that a payment may close.')),
                ('copy_mail_to_self', models.BooleanField(default=False)),
                ('tracks_mail', models.BooleanField(default=False, help_text='Tell when recipients open mails and follow their links.')),
                ('portal_enabled', models.BooleanField(default=True)),
                ('portal_part_payments', models.BooleanField(default=False)),
                ('portal_disputes', models.BooleanField(default=True)),
                ('portal_changes', models.BooleanField(default=True)),
                ('settings_version', models.PositiveIntegerField(default=1)),
                ('administered_by', models.ForeignKey(blank=True, help_text='The organization that looks after this one: its directory keys reach it too.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='administered', to='accounts.organization')),
                ('sandbox_of', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sandbox', to='accounts.organization')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('admin', 'Admin'), ('accountant', 'Accountant'), ('manager', 'Manager'), ('team_member', 'Team Member'), ('viewer', 'Viewer'), ('customer', 'Customer')], default='viewer', max_length=16)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='accounts.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'user'), name='membership_once')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('expires', models.DateTimeField(verbose_name='expires')),
                ('redirect_uri', models.TextField(verbose_name='redirect URI')),
                ('code_challenge', models.CharField(blank=True, default='', max_length=128, verbose_name='code challenge')),
                ('code_challenge_method', models.CharField(blank=True, choices=[('plain', 'plain'), ('S256', 'S256')], default='', max_length=10, verbose_name='code challenge method')),
                ('digest', models.CharField(help_text='Of the code.', max_length=64, unique=True)),
                ('application_name', models.CharField(max_length=100)),
                ('scope', models.TextField()),
                ('used_at', models.DateTimeField(blank=True, help_text='When the code was redeemed.', null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='accounts.membership')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', '-id'], name='grant_list')],
            },
        ),
        migrations.CreateModel(
            name='BankAccount',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('name', models.CharField(help_text='Account holder.', max_length=100)),
                ('bank_name', models.CharField(blank=True, max_length=100)),
                ('iban', models.CharField(blank=True, max_length=34, verbose_name='IBAN')),
                ('bic', models.CharField(blank=True, max_length=11, verbose_name='BIC')),
                ('account_number', models.CharField(blank=True, max_length=40)),
                ('routing_number', models.CharField(blank=True, max_length=40)),
                ('currency', models.CharField(max_length=4)),
                ('is_default', models.BooleanField(default=False)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bank_accounts', to='accounts.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('organization', 'currency'), name='one_default_bank_account')],
            },
        ),
        migrations.AddField(
            model_name='application',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='applications', to='accounts.organization'),
        ),
        migrations.CreateModel(
            name='App',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('name', models.CharField(max_length=100)),
                ('links_expire', models.BooleanField(default=False, help_text='Payment links end with the due date of their invoice.')),
                ('card_checkout_url', models.CharField(blank=True, help_text='Where cards are charged: an https address with {amount}, {currency} and {reference}. Without it no card is offered.', max_length=500)),
                ('cash_instructions', models.CharField(blank=True, max_length=500)),
                ('mobile_money_instructions', models.CharField(blank=True, max_length=500)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'name'), name='app_name_once')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('name', models.CharField(max_length=100)),
                ('dialect', models.CharField(default='enterprise', max_length=16)),
                ('prefix', models.CharField(help_text='First characters, for display.', max_length=16)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('client_key', models.CharField(blank=True, max_length=64)),
                ('scopes', models.JSONField(default=list)),
                ('is_installation_wide', models.BooleanField(default=False, help_text='Reaches the people and organizations of the whole installation.')),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('expiry_noted_days', models.SmallIntegerField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('last_ip', models.GenericIPAddressField(blank=True, null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('replaced_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.apikey')),
                ('app', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to='accounts.app')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to='accounts.organization')),
            ],
            options={
                'verbose_name': 'API key',
                'indexes': [models.Index(fields=['organization', '-id'], name='api_key_list')],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_installation_wide', False), ('dialect', 'directory'), _connector='OR'), name='api_key_wide_is_directory')],
            },
        ),
        migrations.CreateModel(
            name='AccessToken',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('expires', models.DateTimeField(verbose_name='expires')),
                ('scope', models.TextField(blank=True, verbose_name='scope')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('label', models.CharField(help_text='Who it is, in the audit log.', max_length=200)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('grant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='access_tokens', to=settings.OAUTH2_PROVIDER_GRANT_MODEL)),
                ('membership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.membership')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['expires'], name='access_token_expiry'), models.Index(fields=['organization', '-id'], name='access_token_list')],
            },
        ),
        migrations.CreateModel(
            name='RefreshToken',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('expires', models.DateTimeField(help_text='Idle until here, it is worth nothing.')),
                ('rotated_at', models.DateTimeField(blank=True, null=True)),
                ('successor_salt', models.CharField(blank=True, max_length=64)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refresh_tokens', to=settings.OAUTH2_PROVIDER_GRANT_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['expires'], name='refresh_token_expiry'), models.Index(fields=['organization', '-id'], name='refresh_token_list')],
            },
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['organization', '-id'], name='application_list'),
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
