package still_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/media/still"
)

// coded gives a picture of a size in a format.
func coded(t testing.TB, width, height int, as string) []byte {
	t.Helper()
	var out bytes.Buffer
	m := image.NewGray(image.Rect(0, 0, width, height))
	var err error
	if as == "png" {
		err = png.Encode(&out, m)
	} else {
		err = jpeg.Encode(&out, m, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestCheck(t *testing.T) {
	small, photo := coded(t, 32, 16, "png"), coded(t, 32, 16, "jpeg")
	folder := t.TempDir()
	for name, c := range map[string]struct {
		data []byte
		want string // "" if it is a picture
	}{
		"good.png":      {small, ""},
		"good.jpg":      {photo, ""},
		"misnamed.jpg":  {small, ""},
		"large.png":     {coded(t, 4097, 1, "png"), "it is 4097 by 1 pixels large"},
		"most.png":      {coded(t, 4096, 1, "png"), ""},
		"text.png":      {[]byte("<svg/>"), "it is neither PNG nor JPEG"},
		"empty.png":     {nil, "it is neither PNG nor JPEG"},
		"cut.png":       {small[:len(small)-20], "it cannot be read to its end"},
		"cut.jpg":       {photo[:len(photo)/2], "it cannot be read"},
		"head.png":      {small[:12], "it cannot be read"},
		"too-large.png": {append(bytes.Clone(small), make([]byte, still.MaxBytes)...), "it is larger than 16 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(folder, name)
			if err := os.WriteFile(path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, path, c.want)
		})
	}
	refused(t, folder, "it is no file")
	refused(t, filepath.Join(folder, "none.png"), "there is none")
}

// refused checks what is said of a file; nothing if want is empty.
func refused(t *testing.T, path, want string) {
	t.Helper()
	err := still.Check(path)
	switch {
	case want == "" && err != nil:
		t.Errorf("refused: %v", err)
	case want != "" && (!errors.Is(err, fault.InvalidParams) || !strings.Contains(fmt.Sprint(err), want) || !strings.Contains(fmt.Sprint(err), path)):
		t.Errorf("got %v, want %q and the name", err, want)
	}
}
