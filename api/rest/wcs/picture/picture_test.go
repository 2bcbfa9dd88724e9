package picture_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"sluice/api/rest/wcs/picture"
	"sluice/engine/fault"
	"sluice/engine/media/still"
)

// write writes a file of the folder.
func write(t *testing.T, folder, name string, content []byte) {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// drawn is a picture as PNG, or as JPEG.
func drawn(t *testing.T, width, height int, asJPEG bool) []byte {
	t.Helper()
	var out bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, width, height))
	err := png.Encode(&out, img)
	if asJPEG {
		out.Reset()
		err = jpeg.Encode(&out, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestFind(t *testing.T) {
	base := t.TempDir()
	folder := filepath.Join(base, "media")
	logo := drawn(t, 8, 4, false)
	write(t, folder, "logo.png", logo)
	write(t, folder, "studio/Logo.PNG", logo)
	write(t, folder, "photo.jpg", drawn(t, 8, 4, true))
	write(t, folder, "photo.jpeg", drawn(t, 8, 4, true))
	write(t, folder, "wide.png", drawn(t, still.MaxSide+1, 1, false))
	write(t, folder, "full.png", drawn(t, still.MaxSide, 1, false))
	write(t, folder, "liar.png", drawn(t, 8, 4, true))
	write(t, folder, "liar.jpg", logo)
	write(t, folder, "torn.png", logo[:10])
	write(t, folder, "long.png", append(bytes.Clone(logo), make([]byte, still.MaxBytes)...))
	write(t, folder, "film.svg", []byte("<svg/>"))
	write(t, folder, "folder.png/x", nil)
	write(t, base, "secret.png", logo)
	for name, at := range map[string]string{"out.png": "../secret.png", "far.png": filepath.Join(base, "secret.png"), "in.png": "logo.png"} {
		if err := os.Symlink(at, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"logo.png": "", "studio/Logo.PNG": "", "photo.jpg": "", "photo.jpeg": "", "full.png": "", "in.png": "", "studio/../logo.png": "",
		"":                                "no name of a file",
		"../secret.png":                   "no name of a file",
		"studio/../../secret.png":         "no name of a file",
		filepath.Join(folder, "logo.png"): "no name of a file",
		"a\x00.png":                       "no name of a file",
		`..\secret.png`:                   "no name of a file",
		"http://example.org/logo.png":     "there is no file",
		"none.png":                        "there is no file",
		"out.png":                         "cannot be read",
		"far.png":                         "cannot be read",
		"folder.png":                      "it is no file",
		"film.svg":                        "not named as PNG or JPEG",
		"logo":                            "not named as PNG or JPEG",
		"wide.png":                        "4097 by 1 pixels",
		"liar.png":                        "not the picture",
		"liar.jpg":                        "not the picture",
		"torn.png":                        "cannot be read",
		"long.png":                        "larger than 16 MiB",
	} {
		path, err := picture.New(folder, still.Check).Find(name)
		switch {
		case want == "" && (err != nil || path != filepath.Join(folder, filepath.FromSlash(name))):
			t.Errorf("%q: %q %v", name, path, err)
		case want != "" && (fault.CodeOf(err) != fault.InvalidParams || !strings.Contains(err.Error(), want) || path != "" ||
			!strings.Contains(name, folder) && strings.Contains(err.Error(), folder)):
			t.Errorf("%q: %q %v, want %s", name, path, err, want)
		}
	}
}

func TestNoFolder(t *testing.T) {
	if _, err := picture.New("", still.Check).Find("logo.png"); err == nil || !strings.Contains(err.Error(), "media.folder") {
		t.Error(err)
	}
	if _, err := picture.New(filepath.Join(t.TempDir(), "gone"), still.Check).Find("logo.png"); fault.CodeOf(err) != fault.InvalidParams {
		t.Error(err)
	}
}

// However many ask, two pictures are decoded at a time.
func TestTurns(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "logo.png", drawn(t, 8, 4, false))
	synctest.Test(t, func(t *testing.T) {
		const callers = 5
		var busy, done atomic.Int32
		next := make(chan struct{})
		f := picture.New(folder, func(string) error {
			busy.Add(1)
			defer busy.Add(-1)
			<-next
			return nil
		})
		for range callers {
			go func() {
				if _, err := f.Find("logo.png"); err != nil {
					t.Error(err)
				}
				done.Add(1)
			}()
		}
		for left := callers; left > 0; left-- {
			synctest.Wait()
			if got := int(busy.Load()); got != min(left, 2) {
				t.Errorf("%d at a time, %d left", got, left)
			}
			next <- struct{}{}
		}
		synctest.Wait()
		if done.Load() != callers {
			t.Errorf("%d are done", done.Load())
		}
	})
}
