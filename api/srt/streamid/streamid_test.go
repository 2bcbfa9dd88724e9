package streamid_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"sluice/api/srt/streamid"
	"sluice/engine/fault"
)

func TestForms(t *testing.T) {
	none := map[string]string{}
	for text, want := range map[string]streamid.ID{
		"#!::m=publish,r=cam,u=ann,s=secret":     {Publish: true, Name: "cam", User: "ann", Password: "secret", Query: none},
		"#!::r=live/cam":                         {Name: "live/cam", Query: none},
		"#!::r=/live/cam,m=request,t=stream":     {Name: "live/cam", Query: none},
		"#!::m=publish,r=a%2Cb%3d,u=%C3%A4":      {Publish: true, Name: "a,b=", User: "ä", Query: none},
		"#!::r=100%,token=t":                     {Name: "100%", Token: "t", Query: none},
		"#!::h=example.org,r=cam,x=1":            {Name: "cam", Query: map[string]string{"h": "example.org", "x": "1"}},
		"#!::r=cam,s=session,pass=secret":        {Name: "cam", Password: "secret", Query: none},
		"#!::r=rtsp://cam.example.org/main":      {Name: "rtsp://cam.example.org/main", Query: none},
		"%23!::m%3Dpublish%2Cr%3Dcam":            {Publish: true, Name: "cam", Query: none},
		"%23%21::r=cam":                          {Name: "cam", Query: none},
		"publish:cam":                            {Publish: true, Name: "cam", Query: none},
		"publish:live/cam:ann:secret":            {Publish: true, Name: "live/cam", User: "ann", Password: "secret", Query: none},
		"publish:cam:ann:secret:token=t&x=1":     {Publish: true, Name: "cam", User: "ann", Password: "secret", Token: "t", Query: map[string]string{"x": "1"}},
		"read:cam":                               {Name: "cam", Query: none},
		"publish:cam:key=k&x=1":                  {Publish: true, Name: "cam", Key: "k", Query: map[string]string{"x": "1"}},
		"#!::m=publish,r=cam,key=k,jwt=t":        {Publish: true, Name: "cam", Key: "k", Token: "t", Query: none},
		"read:cam:token=t":                       {Name: "cam", Token: "t", Query: none},
		"play:cam?token=t":                       {Name: "cam", Token: "t", Query: none},
		"cam":                                    {Name: "cam", Query: none},
		"/live/cam":                              {Name: "live/cam", Query: none},
		"live/cam?user=ann&pass=secret&colour=1": {Name: "live/cam", User: "ann", Password: "secret", Query: map[string]string{"colour": "1"}},
		"rtsp://cam.example.org/main":            {Name: "rtsp://cam.example.org/main", Query: none},
	} {
		if got, err := streamid.Parse(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestBadOnes(t *testing.T) {
	for text, cause := range map[string]error{
		"": nil, "/": nil, "publish:": nil, "read::a:b": nil, "#!::": nil, "#!::m=publish": nil, "#!::r": nil, "#!::=x,r=cam": nil,
		"#!::r=a,r=b": nil, "#!:{r=cam}": nil, "publish:a:b:c:d:e": nil, "#!::r=%00": nil, "cam\x00": nil, "\xff": nil, "cam?a=%zz": nil,
		"#!::r=cam,m=bidirectional": streamid.ErrMode, "#!::r=cam,t=file": streamid.ErrType, "#!::r=cam,t=auth": streamid.ErrType,
		strings.Repeat("x", streamid.Max+1): nil,
	} {
		id, err := streamid.Parse(text)
		if fault.CodeOf(err) != fault.InvalidRequest || cause != nil && !errors.Is(err, cause) {
			t.Errorf("%q: %+v, %v", text, id, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"#!::m=publish,r=cam,u=ann,s=secret", "publish:cam:ann:secret:a=b", "read:cam", "cam?token=x", "%23!::r=a%2Cb", "#!:{r=x}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := streamid.Parse(text)
		if err != nil {
			if fault.CodeOf(err) != fault.InvalidRequest {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if id.Name == "" || len(id.Name) > len(text) || len(id.Query) > len(text) {
			t.Errorf("%q: %+v", text, id)
		}
	})
}

func TestEncode(t *testing.T) {
	for text, want := range map[string]string{
		"publish:cam:ann:secret:x=1&key=a%26b": "key=a%26b&x=1", "cam": "", "#!::r=cam,h=a b,token=t": "h=a+b", "#!::r=cam,s=secret": "",
	} {
		id, err := streamid.Parse(text)
		if got := id.Encode(); err != nil || got != want {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
}
