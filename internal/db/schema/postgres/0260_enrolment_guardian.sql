-- +goose Up
-- Whether a guardian's record was read before any consent is asked of the
-- guardian's enrolments, erased children included.
CREATE INDEX enrolment_guardian ON enrolment (institution_id, guardian_id) WHERE guardian_id IS NOT NULL;
