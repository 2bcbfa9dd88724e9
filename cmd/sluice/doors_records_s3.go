package main

import (
	"sluice/api/records/after"
	"sluice/api/records/shelf"
	"sluice/api/records/storage"
	"sluice/cmd/sluice/config"
)

// uploadOf is where finished recordings are copied to; nil if that is nowhere.
func uploadOf(c config.RecordsS3Config, on *shelf.Shelf) (after.Upload, error) {
	if c.Endpoint == "" {
		return nil, nil //nolint:nilnil // nothing is wrong with that
	}
	return storage.New(storage.S3{
		Endpoint: c.Endpoint, Region: c.Region, Bucket: c.Bucket, Prefix: c.Prefix, AccessKey: c.AccessKey, SecretKey: c.SecretKey,
	}, on)
}
