package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
)

// The kernel stops the process, with all its threads; another process, which is ready by then, has
// to wake it up.
const stopper = `read _ && kill -STOP "$0" && sleep "$1"; kill -CONT "$0"`

func stall(c command) {
	helper := exec.Command("sh", "-c", stopper, strconv.Itoa(os.Getpid()), fmt.Sprintf("%.3f", c.duration().Seconds()))
	in, err := helper.StdinPipe()
	if err == nil {
		err = helper.Start()
	}
	answer(c.ID, object{}, err)
	if err != nil {
		return
	}
	_, _ = io.WriteString(in, "now\n")
	_ = helper.Wait()
}
