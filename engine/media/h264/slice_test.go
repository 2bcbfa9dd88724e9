package h264

import "testing"

func TestBidirectional(t *testing.T) {
	const (
		p  = 0xc0 | 0x20>>1 // first_mb 0, slice_type 0
		b  = 0xa0           // slice_type 1
		b6 = 0x9c           // slice_type 6
		i7 = 0x88           // slice_type 7
	)
	for name, row := range map[string]struct {
		payload []byte
		want    bool
	}{
		"empty":                  {nil, false},
		"header alone":           {[]byte{0x41}, false},
		"p":                      {[]byte{0x41, p}, false},
		"b":                      {[]byte{0x01, b}, true},
		"b, as all are":          {[]byte{0x01, b6}, true},
		"i":                      {[]byte{0x41, i7}, false},
		"idr":                    {[]byte{0x65, b}, false},
		"b, first fragment":      {[]byte{0x1c, 0x81, b}, true},
		"b, middle fragment":     {[]byte{0x1c, 0x01, b}, false},
		"fragment of nothing":    {[]byte{0x1c, 0x81}, false},
		"sei and b in a STAP-A":  {stap(userData, []byte{0x01, b}), true},
		"sei and p in a STAP-A":  {stap(userData, []byte{0x41, p}), false},
		"lying length":           {append(stap(userData), 0xff, 0xff, 0x01, b), false},
		"an empty unit":          {stap(nil, []byte{0x01, b}), true},
		"a number without end":   {[]byte{0x01, 0, 0, 0, 0, 0, 0}, false},
		"nothing but the number": {[]byte{0x01, 0x00, 0x01}, false},
	} {
		if got := Bidirectional(row.payload); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzBidirectional(f *testing.F) {
	f.Add([]byte{0x01, 0xa0})
	f.Add(stap(userData, []byte{0x01, 0xa0}))
	f.Fuzz(func(_ *testing.T, payload []byte) { Bidirectional(payload) })
}

func TestUnreferenced(t *testing.T) {
	for name, row := range map[string]struct {
		au   [][]byte
		want bool
	}{
		"nothing":          {nil, false},
		"no slice":         {[][]byte{aud, userData, {}}, false},
		"reference":        {[][]byte{aud, slice}, false},
		"idr":              {[][]byte{sps, pps, idr}, false},
		"no reference":     {[][]byte{userData, {0x01, 0xa0}}, true},
		"in two slices":    {[][]byte{{0x01, 0xa0}, {0x01, 0x20}}, true},
		"a data partition": {[][]byte{{0x02, 0xa0}}, true},
	} {
		if got := Unreferenced(row.au); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
