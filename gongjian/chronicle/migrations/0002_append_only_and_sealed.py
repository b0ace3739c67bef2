"""Acts are never changed or removed, and each is sealed to the one before it when its transaction commits."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION chronicle_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The chronicle is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME USING ERRCODE = '23514';
END $$;
CREATE TRIGGER chronicle_act_append_only BEFORE UPDATE OR DELETE ON chronicle_act
  FOR EACH ROW EXECUTE FUNCTION chronicle_refuse();
CREATE TRIGGER chronicle_before_append_only BEFORE UPDATE OR DELETE ON chronicle_before
  FOR EACH ROW EXECUTE FUNCTION chronicle_refuse();
CREATE TRIGGER chronicle_seal_append_only BEFORE UPDATE OR DELETE ON chronicle_seal
  FOR EACH ROW EXECUTE FUNCTION chronicle_refuse();
"""

# One lock makes the chain a chain; it is held from here to the end of the commit only.
SEAL = """
CREATE FUNCTION chronicle_digest(act bigint, previous bytea) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(
    coalesce(previous, ''::bytea)
    || convert_to(jsonb_build_array(
         a.id, to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), a.by_id, a.verb, a.subject, a.on, a.facts
       )::text, 'UTF8')
    || sha256(convert_to(coalesce((
         SELECT string_agg(jsonb_build_array(b.table, b.row, b.deleted, b.was)::text, E'\\n' ORDER BY b.id)
         FROM chronicle_before b WHERE b.act_id = a.id
       ), ''), 'UTF8'))
  ) FROM chronicle_act a WHERE a.id = act
$$;
CREATE FUNCTION chronicle_put_seal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last chronicle_seal%ROWTYPE;
BEGIN
  IF EXISTS (SELECT 1 FROM chronicle_seal WHERE act_id = NEW.id) THEN
    RETURN NULL;  -- sealed already, by constraints made immediate within the act
  END IF;
  PERFORM pg_advisory_xact_lock(71001);
  SELECT * INTO last FROM chronicle_seal ORDER BY number DESC LIMIT 1;
  INSERT INTO chronicle_seal (number, act_id, sha256)
  VALUES (coalesce(last.number, 0) + 1, NEW.id, chronicle_digest(NEW.id, last.sha256));
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER chronicle_act_sealed AFTER INSERT ON chronicle_act DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION chronicle_put_seal();
"""

UNDO = """
DROP TRIGGER chronicle_act_sealed ON chronicle_act;
DROP FUNCTION chronicle_put_seal; DROP FUNCTION chronicle_digest;
DROP TRIGGER chronicle_act_append_only ON chronicle_act;
DROP TRIGGER chronicle_before_append_only ON chronicle_before;
DROP TRIGGER chronicle_seal_append_only ON chronicle_seal;
DROP FUNCTION chronicle_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("chronicle", "0001_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY + SEAL, UNDO)]
