package look

import (
	"testing"
	"time"
)

func TestFlow(t *testing.T) {
	var f Flow
	if f.Live(time.Hour) || f.Rate() != 0 {
		t.Error("something came before anything did")
	}
	news := 0
	for i := range 31 { // 100 bytes every 100 ms
		if f.Add(time.Minute+time.Duration(i)*100*time.Millisecond, 100) {
			news++
		}
	}
	end := time.Minute + 3*time.Second
	if news != 3 || f.Rate() != 8000 {
		t.Errorf("%d bit/s, told %d times", f.Rate(), news)
	}
	if !f.Live(end+2*time.Second) || f.Live(end+2*time.Second+1) {
		t.Error("it ends at another time")
	}
}
