package main

import (
	"context"

	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/survey"
)

// scans are the folders of the configuration that officers may have scanned.
func (c config) scans() (list []survey.Root, err error) {
	for _, r := range c.Scan {
		root, err := r.root()
		if err != nil {
			return nil, refuse(exitUsage, "cli.config.value", configName, "scan").because(err)
		}
		list = append(list, root)
	}
	return list, nil
}

func (r scanRoot) root() (survey.Root, error) {
	root := survey.Root{Name: r.Name, Path: r.Path}
	if r.Institution == "" {
		return root, nil
	}
	inst, err := id.Parse[id.Institution](r.Institution)
	root.Institution = inst
	return root, err
}

// resumeScans goes on with the scans that the last end of the program broke off.
func (in *installation) resumeScans(ctx context.Context) error {
	list, err := in.Institutions(ctx)
	if err != nil {
		return err
	}
	return in.Surveys.Resume(ctx, list)
}
