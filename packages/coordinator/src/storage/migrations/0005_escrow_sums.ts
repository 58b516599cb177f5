const ADD = `ON CONFLICT (escrow) DO UPDATE SET decided_nano = escrow_sums.decided_nano + excluded.decided_nano,
    reserved_nano = escrow_sums.reserved_nano + excluded.reserved_nano`

/**
 * What the tasks of an escrow have been charged and reserve, kept by the database itself whoever changes a task: a sum
 * over all tasks that an escrow ever had would take longer with each.
 */
export const escrowSumsMigration = [
  `CREATE TABLE escrow_sums (
    escrow        text PRIMARY KEY,
    decided_nano  int8 NOT NULL,
    reserved_nano int8 NOT NULL
  )`,
  `INSERT INTO escrow_sums
   SELECT escrow, sum(charged_nano)::int8, sum(reserved_nano)::int8 FROM tasks GROUP BY escrow`,
  `CREATE FUNCTION add_new_tasks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     INSERT INTO escrow_sums
     SELECT escrow, sum(charged_nano)::int8, sum(reserved_nano)::int8 FROM after GROUP BY escrow ${ADD};
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION add_changed_tasks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     INSERT INTO escrow_sums
     SELECT after.escrow, sum(after.charged_nano - before.charged_nano)::int8,
       sum(after.reserved_nano - before.reserved_nano)::int8
     FROM after JOIN before USING (task_id)
     WHERE after.charged_nano <> before.charged_nano OR after.reserved_nano <> before.reserved_nano
     GROUP BY after.escrow ${ADD};
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER new_tasks AFTER INSERT ON tasks REFERENCING NEW TABLE AS after
   FOR EACH STATEMENT EXECUTE FUNCTION add_new_tasks()`,
  `CREATE TRIGGER changed_tasks AFTER UPDATE ON tasks REFERENCING OLD TABLE AS before NEW TABLE AS after
   FOR EACH STATEMENT EXECUTE FUNCTION add_changed_tasks()`,
]
