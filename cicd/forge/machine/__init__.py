"""Install and start what a forge needs on this machine.

* `services` starts everything for `ml-cicd local up` and removes it for `down`;
* `engine_setup` installs and starts a Docker engine where none answers;
* `base_images` pulls the images of builds, proxy, registry and job containers, or builds stand-ins for them;
* `registry` runs the registry on localhost;
* `apt` installs Debian packages.
"""
