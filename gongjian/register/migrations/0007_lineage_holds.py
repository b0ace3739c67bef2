"""Lineage goes on to fit: what a link leads from and to cannot be taken away under it.

0005 looks at a link when it is written. This looks again when days of a unit or body that has links are cut or removed.
"""

from django.db import migrations

HOLDS = """
CREATE FUNCTION register_{thing}_holds_lineage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM register_{thing}lineage l WHERE l.old_id = OLD.{thing}_id AND NOT EXISTS
      (SELECT 1 FROM register_{thing}entry e WHERE e.{thing}_id = l.old_id AND e.valid @> l."on" - 1)
  ) OR EXISTS (
    SELECT 1 FROM register_{thing}lineage l WHERE l.new_id = OLD.{thing}_id AND NOT EXISTS
      (SELECT 1 FROM register_{thing}entry e WHERE e.{thing}_id = l.new_id AND e.valid @> l."on")
  ) THEN
    RAISE EXCEPTION 'The lineage of % % would no longer fit.', '{thing}', OLD.{thing}_id
      USING ERRCODE = '23514', CONSTRAINT = 'register_{thing}_holds_lineage', TABLE = 'register_{thing}lineage';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER register_{thing}_holds_lineage AFTER UPDATE OF {thing}_id, valid OR DELETE
  ON register_{thing}entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  EXECUTE FUNCTION register_{thing}_holds_lineage();
"""
UNDO = """
DROP TRIGGER register_{thing}_holds_lineage ON register_{thing}entry;
DROP FUNCTION register_{thing}_holds_lineage;
"""


class Migration(migrations.Migration):
    dependencies = [("register", "0006_lists_to_fetch")]
    operations = [migrations.RunSQL(HOLDS.format(thing=t), UNDO.format(thing=t)) for t in ("unit", "body")]
