"""Every act waits for the sealer from its own transaction on, and heads are kept as acts are: nothing is taken away."""

from django.db import migrations

WAITING = """
CREATE FUNCTION chronicle_wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chronicle_unsealed (act_id) VALUES (NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER chronicle_act_waits AFTER INSERT ON chronicle_act
  FOR EACH ROW EXECUTE FUNCTION chronicle_wait();
INSERT INTO chronicle_unsealed (act_id) SELECT id FROM chronicle_act;
"""

GUARDED = """
CREATE TRIGGER chronicle_head_append_only BEFORE UPDATE OR DELETE ON chronicle_head
  FOR EACH ROW EXECUTE FUNCTION chronicle_refuse();
CREATE TRIGGER chronicle_act_not_emptied BEFORE TRUNCATE ON chronicle_act
  FOR EACH STATEMENT EXECUTE FUNCTION chronicle_refuse();
CREATE TRIGGER chronicle_before_not_emptied BEFORE TRUNCATE ON chronicle_before
  FOR EACH STATEMENT EXECUTE FUNCTION chronicle_refuse();
CREATE TRIGGER chronicle_seal_not_emptied BEFORE TRUNCATE ON chronicle_seal
  FOR EACH STATEMENT EXECUTE FUNCTION chronicle_refuse();
CREATE TRIGGER chronicle_head_not_emptied BEFORE TRUNCATE ON chronicle_head
  FOR EACH STATEMENT EXECUTE FUNCTION chronicle_refuse();
"""

UNDO = """
DROP TRIGGER chronicle_act_waits ON chronicle_act;
DROP FUNCTION chronicle_wait;
DELETE FROM chronicle_unsealed;
DROP TRIGGER chronicle_head_append_only ON chronicle_head;
DROP TRIGGER chronicle_act_not_emptied ON chronicle_act;
DROP TRIGGER chronicle_before_not_emptied ON chronicle_before;
DROP TRIGGER chronicle_seal_not_emptied ON chronicle_seal;
DROP TRIGGER chronicle_head_not_emptied ON chronicle_head;
"""


class Migration(migrations.Migration):
    dependencies = [("chronicle", "0004_whence_heads_and_person_keys")]
    operations = [migrations.RunSQL(WAITING + GUARDED, UNDO)]
