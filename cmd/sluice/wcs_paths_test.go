package main

import (
	"slices"
	"strings"
	"testing"

	"sluice/api/rest/wcs"
	"sluice/api/rest/wcs/connection"
	"sluice/api/rest/wcs/data"
	"sluice/api/rest/wcs/hls"
	doormixer "sluice/api/rest/wcs/mixer"
	"sluice/api/rest/wcs/phone"
	"sluice/api/rest/wcs/pull"
	"sluice/api/rest/wcs/push"
	"sluice/api/rest/wcs/stream"
	"sluice/api/rest/wcs/transcoder"
)

// TestWCSContractIsWhole: no call is served that the contract does not have, and none is in it twice.
func TestWCSContractIsWhole(t *testing.T) {
	var known []string
	for _, c := range wcsCalls() {
		if slices.Contains(known, c.path) {
			t.Errorf("%s is there twice", c.path)
		}
		known = append(known, c.path)
	}
	for _, r := range slices.Concat(
		stream.Routes(stream.Options{}), connection.Routes(nil), data.Routes(nil, ""), phone.Routes(&phone.Calls{}), doormixer.Routes(nil, nil),
		transcoder.Routes(nil), push.Routes(nil), pull.Routes(nil), hls.Routes(nil),
	) {
		path := r.Path
		if !r.Whole {
			path = wcs.Prefix + path
		}
		if !slices.Contains(known, strings.TrimSuffix(path, "/")) {
			t.Errorf("%s is not in the contract", path)
		}
	}
}
