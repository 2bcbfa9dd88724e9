package param

import "testing"

func BenchmarkEval(b *testing.B) {
	outer := Chain(Values{"width": int64(1280)}, scope())
	for name, source := range map[string]string{
		"constant":  "zerolatency",
		"reference": "$width",
		"text":      "rtsp://$env.HOST/$(stream)/main",
		"secret":    "u:$login@h",
	} {
		e, err := ParseExpr(text(source))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Eval(outer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParseExpr(b *testing.B) {
	v := text("rtsp://$env.HOST/$(stream)/main")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseExpr(v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBind(b *testing.B) {
	defs := defined(b, roomParams)
	given := map[string]any{"room": "red", "width": 640}
	b.ReportAllocs()
	for b.Loop() {
		if _, errs := Bind(defs, given, outer()); len(errs) > 0 {
			b.Fatal(errs)
		}
	}
}
