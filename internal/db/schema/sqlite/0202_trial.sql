-- +goose Up

-- Trial lessons by when they were given: they are erased after thirty days.
CREATE INDEX enrolment_trial ON enrolment (institution_id, changed_at) WHERE state = 'trial';
