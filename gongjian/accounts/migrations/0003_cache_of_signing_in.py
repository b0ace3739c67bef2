from django.db import migrations

# As Django's createcachetable makes it; a migration, so that nobody has to remember a command.
CREATE = """
CREATE TABLE accounts_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX accounts_cache_expires ON accounts_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_sign_in")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE accounts_cache")]
