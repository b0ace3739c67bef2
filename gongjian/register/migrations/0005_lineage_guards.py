"""What the database holds of lineage: who is left stood the day before, who follows stands, and shares add up.

Deferred to the commit, so that an act may write its links before or after the entries they speak of.
"""

from django.db import migrations

FITS = """
CREATE FUNCTION register_{thing}_lineage_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  still boolean := EXISTS (SELECT 1 FROM register_{thing}entry WHERE {thing}_id = NEW.old_id AND valid @> NEW.on);
  links record;
  wrong text;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM register_{thing}lineage WHERE id = NEW.id) THEN
    RETURN NULL;  -- the same act has taken the link away again
  END IF;
  SELECT count(*) AS n, count(share) AS known, sum(share) AS total, bool_or(how <> 'split') AS whole
    INTO links FROM register_{thing}lineage WHERE old_id = NEW.old_id AND "on" = NEW.on;
  wrong := CASE
    WHEN NOT EXISTS (SELECT 1 FROM register_{thing}entry WHERE {thing}_id = NEW.old_id AND valid @> NEW.on - 1)
      THEN 'it did not stand on the day before'
    WHEN NEW.new_id IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM register_{thing}entry WHERE {thing}_id = NEW.new_id AND valid @> NEW.on)
      THEN 'what follows it does not stand on that day'
    WHEN links.whole AND (still OR links.n > 1) THEN 'it went on as a whole, and yet stands or went elsewhere too'
    WHEN links.known NOT IN (0, links.n) THEN 'only some of its shares are known'
    WHEN links.total > 1 OR (links.total <> 1 AND NOT still) THEN 'its shares do not add up to 1'
  END;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'The lineage of % % on % does not fit: %.', '{thing}', NEW.old_id, NEW.on, wrong
      USING ERRCODE = '23514', CONSTRAINT = 'register_{thing}_lineage_fits', TABLE = 'register_{thing}lineage';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER register_{thing}_lineage_fits AFTER INSERT OR UPDATE ON register_{thing}lineage
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION register_{thing}_lineage_fits();
"""
UNDO = """
DROP TRIGGER register_{thing}_lineage_fits ON register_{thing}lineage;
DROP FUNCTION register_{thing}_lineage_fits;
"""


class Migration(migrations.Migration):
    dependencies = [("register", "0004_lineage")]
    operations = [migrations.RunSQL(FITS.format(thing=t), UNDO.format(thing=t)) for t in ("unit", "body")]
