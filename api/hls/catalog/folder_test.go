package catalog_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api/hls/catalog"
)

// write makes a file, and its folders.
func write(t *testing.T, path ...string) string {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("some"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// opened gives a catalogue that keeps what it has in a folder.
func opened(t *testing.T, folder string) *catalog.Catalog {
	t.Helper()
	c := catalog.New()
	if err := c.Open(catalog.Options{Folder: folder, Grace: time.Second}); err != nil {
		t.Fatal(err)
	}
	return c
}

func closed(t *testing.T, c *catalog.Catalog) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// TestLeftovers: what a server that crashed kept is deleted by the next one, and nothing else is.
func TestLeftovers(t *testing.T) {
	for name, set := range map[string]bool{"hls.dvr": true, "temporary files": false} {
		t.Run(name, func(t *testing.T) {
			temp, folder := t.TempDir(), ""
			t.Setenv("TMPDIR", temp)
			at := temp
			if set {
				folder = filepath.Join(t.TempDir(), "dvr")
				at = folder
			}
			outside := t.TempDir()
			stays := []string{
				write(t, at, "film.mp4"),
				write(t, at, "cam", "cam-s1.m4s"),
				write(t, at, "sluice-hls-", "cam", "cam-s1.m4s"),
				write(t, at, "sluice-hls-mine", "cam", "cam-s1.m4s"),
				write(t, at, "sluice-hls-12"),                      // no folder
				write(t, at, "sluice-hls-13", "notes"),             // somebody's, in a folder of ours
				write(t, at, "sluice-hls-13", "cam", "dog-s1.m4s"), // of no rendition that is kept there
				write(t, outside, "cam", "cam-s1.m4s"),             // behind links
			}
			goes := []string{
				write(t, at, "sluice-hls-11", "cam", "cam-s1.m4s"), write(t, at, "sluice-hls-11", "720p_cam", "720p_cam-s12.ts"),
				write(t, at, "sluice-hls-13", "cam", "cam-s1.m4s"), write(t, temp, "sluice-hls-14", "cam", "cam-s1.m4s"),
				filepath.Join(at, "sluice-hls-11"), filepath.Join(temp, "sluice-hls-14"),
			}
			for _, link := range []string{filepath.Join(at, "sluice-hls-15"), filepath.Join(at, "sluice-hls-13", "link")} {
				if err := os.Symlink(outside, link); err != nil {
					t.Fatal(err)
				}
				stays = append(stays, link)
			}
			swept(t, folder)
			for _, path := range stays {
				if !there(path) {
					t.Errorf("%s is deleted", path)
				}
			}
			for _, path := range goes {
				if there(path) {
					t.Errorf("%s is still there", path)
				}
			}
		})
	}
}

// swept has a catalogue begin and end that keeps nothing.
func swept(t *testing.T, folder string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := opened(t, folder)
		synctest.Wait() // for the sweep, which Close would stop
		closed(t, c)
	})
}

// TestAnotherRuns: what a server keeps that still runs is left alone, and is gone when that ends.
func TestAnotherRuns(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for name, folder := range map[string]string{"hls.dvr": t.TempDir(), "temporary files": ""} {
		t.Run(name, func(t *testing.T) {
			at := folder
			if at == "" {
				at = os.TempDir()
			}
			synctest.Test(t, func(t *testing.T) {
				one := opened(t, folder)
				o := offer("/cam", "")
				o.Config.DVR = time.Hour
				p, err := one.Offer(o)
				if err != nil {
					t.Fatal(err)
				}
				film(p, picture(640, 360), 1000)
				synctest.Wait()
				file := filepath.Join(at, "sluice-hls-*", p.Key(), "*.m4s")
				if found, _ := filepath.Glob(file); len(found) != 1 {
					t.Fatalf("it keeps %q", found)
				}
				another := opened(t, folder)
				synctest.Wait()
				closed(t, another)
				if found, _ := filepath.Glob(file); len(found) != 1 {
					t.Errorf("when another has come and gone, it keeps %q", found)
				}
				closed(t, one)
				if found, _ := filepath.Glob(filepath.Join(at, "sluice-hls-*")); len(found) != 0 {
					t.Errorf("at its end there is %q", found)
				}
			})
		})
	}
}
