package rendition

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"sluice/api/hls/playlist"
	"sluice/engine/fault"
)

func TestParseRequest(t *testing.T) {
	for query, want := range map[string]Request{
		"":                              Latest(),
		"token=x&_HLS_other=1":          Latest(),
		"_HLS_msn=0":                    {MSN: 0, Part: -1},
		"_HLS_msn=12&_HLS_part=3":       {MSN: 12, Part: 3},
		"_HLS_msn=9223372036854775807":  {MSN: 1<<63 - 1, Part: -1},
		"_HLS_skip=YES":                 {MSN: -1, Part: -1, Skip: true},
		"_HLS_skip=v2&_HLS_msn=1":       {MSN: 1, Part: -1, Skip: true},
		"_HLS_skip=no":                  Latest(),
		"start=begin":                   {-1, -1, false, playlist.Start{Begin: true}},
		"start=90":                      {-1, -1, false, playlist.Start{Back: 90 * time.Second}},
		"start=1.5":                     {-1, -1, false, playlist.Start{Back: 1500 * time.Millisecond}},
		"start=1h30m":                   {-1, -1, false, playlist.Start{Back: 90 * time.Minute}},
		"start=0":                       Latest(),
		"start=":                        Latest(),
		"_HLS_msn=7&_HLS_msn=nonsense":  {MSN: 7, Part: -1},
		"_HLS_msn=00000000000000000007": {MSN: 7, Part: -1},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseRequest(values); err != nil || got != want {
			t.Errorf("%q: %+v, %v", query, got, err)
		}
	}
	for _, query := range []string{
		"_HLS_part=0", "_HLS_msn=", "_HLS_msn=-1", "_HLS_msn=%2B1", "_HLS_msn=1.0", "_HLS_msn=9223372036854775808", "_HLS_msn=0x10",
		"_HLS_msn=1&_HLS_part=-1", "_HLS_msn=1&_HLS_part=x", "_HLS_msn=" + strings.Repeat("0", 21), "_HLS_msn=1_0",
		"start=-5", "start=yesterday", "start=NaN", "start=1e9", "start=99999999h", "start=" + strings.Repeat("1", 40), "start=1..2",
	} {
		values, _ := url.ParseQuery(query)
		if got, err := ParseRequest(values); fault.CodeOf(err) != fault.InvalidRequest {
			t.Errorf("%q: %+v, %v", query, got, err)
		}
	}
}

// FuzzParseRequest has what was understood asked of a rendition of two segments, too.
func FuzzParseRequest(f *testing.F) {
	for _, seed := range []string{
		"_HLS_msn=1&_HLS_part=2&_HLS_skip=YES", "start=90", "start=1h", "_HLS_part=0", "start=begin&_HLS_msn=99999999999999999999",
		"_HLS_msn=2&_HLS_part=9223372036854775807", "_HLS_msn=3&_HLS_part=9223372036854775807",
	} {
		f.Add(seed)
	}
	a := begun(f, low())
	a.write(2)
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		q, err := ParseRequest(values)
		switch {
		case err != nil && fault.CodeOf(err) != fault.InvalidRequest:
			t.Errorf("%q: %v", query, err)
		case err == nil && (q.MSN < -1 || q.Part < -1 || q.Part >= 0 && q.MSN < 0 || q.Start.Back < 0 || q.Start.Back > maxStart):
			t.Errorf("%q: %+v", query, q)
		case err == nil && (q.MSN > 3 || q.MSN > 1 && q.Part > 14): // 1 is the last, and the Advance Part Limit is 15
			if _, done, err := a.answer(q, nil); done || fault.CodeOf(err) != fault.InvalidRequest {
				t.Errorf("%q cannot be waited for: %v, %v", query, done, err)
			}
		}
	})
}

func TestNames(t *testing.T) {
	r := &Rendition{prefix: "abc"}
	for name, want := range map[string]bool{
		r.name(isSegment, 0, ".m4s"): true, r.name(isPart, 1<<63-1, ".ts"): true, r.name(isInit, 7, ".mp4"): true,
		"": false, "abc": false, "abc-": false, "abc-s": false, "abc-s.m4s": false, "abc-.m4s": false, "abc-.": false, "abc-s1": false,
		"abc-s01.m4s": false, "abc-s+1.m4s": false, "abc-s1.mp4": false, "abc-i1.m4s": false, "abc-x1.m4s": false, "abc-s1.m4s/": false,
		"abc-s9223372036854775808.m4s": false, "abc-s1.m4s.m4s": false, "abd-s1.m4s": false, "../abc-s1.m4s": false, "abc-s-1.m4s": false,
	} {
		if _, _, _, ok := parseName("abc", name); ok != want {
			t.Errorf("%q: %v", name, ok)
		}
	}
	if p, ok := Prefix("ab-c-s1.m4s"); !ok || p != "ab-c" {
		t.Errorf("%q, %v", p, ok)
	}
	for _, name := range []string{"", "-s1.m4s", "a-s1", "a.m3u8", "index.m3u8"} {
		if p, ok := Prefix(name); ok {
			t.Errorf("%q has the prefix %q", name, p)
		}
	}
}

func FuzzFetch(f *testing.F) {
	for _, seed := range []string{"k-s0.m4s", "k-p0.m4s", "k-i1.mp4", "k-s99999999999999999999.m4s", "../k-s0.m4s", "k-s0.ts"} {
		f.Add(seed)
	}
	r := fresh(f, low())
	r.Begin(Init{Data: []byte("init")})
	r.Open(time.Unix(0, 0), false)
	r.Add(Part{Data: []byte("x"), Duration: tick, Last: true})
	r.Close(0)
	r.End()
	f.Fuzz(func(t *testing.T, name string) {
		m, err := r.Fetch(t.Context(), name)
		known := name == "k-s0.m4s" || name == "k-p0.m4s" || name == "k-i1.mp4"
		if known != (err == nil) || err != nil && fault.CodeOf(err) != fault.ResourceNotFound {
			t.Errorf("%q: %+v, %v", name, m, err)
		}
		if prefix, ok := Prefix(name); ok && (prefix == "" || !strings.HasPrefix(name, prefix+"-")) {
			t.Errorf("%q has the prefix %q", name, prefix)
		}
	})
}
