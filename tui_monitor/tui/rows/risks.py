"""Commands that deserve a second look, by a table of words that a person can change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

RISKS: tuple[str, ...] = (
    *("rm -rf", "git push --force", "git push -f", "git push --force-with-lease", "git push --delete"),
    *("git reset --hard", "git clean -f", "git branch -D", "git checkout --force", "git checkout -f"),
    *("git stash drop", "git stash clear", "git filter-branch", "git update-ref -d", "git reflog expire"),
    *("--no-verify", "--no-gpg-sign", "--dangerously-skip-permissions"),
    *("curl | sh", "curl | bash", "wget | sh", "wget | bash", "curl | sudo", "wget | sudo"),
    *("sudo", "chmod 777", "chmod -R", "chown -R", "dd of=", "mkfs", "shred", "truncate"),
    *("docker system prune", "docker volume rm", "kubectl delete", "helm uninstall", "terraform destroy"),
    *("terraform apply", "npm publish", "yarn publish", "pnpm publish", "cargo publish", "twine upload"),
    *("gh repo delete", "gh release delete", "dropdb", "redis-cli flushall", "kill -9", "pkill", "killall"),
    *("mix ecto.drop", "mix ecto.reset", "rails db:drop", "crontab -r"),
)
"""Each is a program with words that must follow in this order; letters of one dash may be joined with others
(``-rf`` is also ``-r -f`` and ``-fvr``), a word that ends with ``=`` may go on. Words with two dashes alone are those
of any program, and behind ``|`` stands a program that the output is piped to."""

_MAX_COMMAND = 4096
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")
_HEREDOC = re.compile(r"<<-?[ \t]*['\"\\]?(\w+)['\"]?[^\n]*\n.*?(?:^[ \t]*\1\b|\Z)", re.DOTALL | re.MULTILINE)
_SCRIPT = re.compile(r"\b(?:ba|da|z)?sh\s+-[a-z]*c\s+(?:'([^']*)'|\"((?:[^\"\\]|\\.)*)\")")
_SEPARATOR = re.compile(r"&&|\|\||;|\n|&(?!>)|\|")
_BEFORE = re.compile(r"\A(?:\w+=\S*|env|time|nohup|command|exec|xargs|then|do|else|!|\(|\{)\Z")
"""Words before a program."""


@lru_cache(maxsize=512)
def risk_in(command: str, risks: tuple[str, ...] = RISKS) -> str:
    """Return the first of ``risks`` that a shell command runs; empty for none."""
    command = command[:_MAX_COMMAND]
    scripts = (match[1] or match[2] for match in _SCRIPT.finditer(command))
    pipelines = [pipeline for script in (command, *scripts) for pipeline in _pipelines(script)]
    return next((risk for risk in risks if any(_is_run(risk, pipeline) for pipeline in pipelines)), "")


def _pipelines(script: str) -> Iterator[list[list[str]]]:
    """Yield the words of each command, those that are piped into each other together."""
    text = _QUOTED.sub("…", _HEREDOC.sub(" ", script))
    pipeline: list[list[str]] = []
    begin = 0
    for separator in (*_SEPARATOR.finditer(text), None):
        words = text[begin : separator.start() if separator else len(text)].split()
        while words and _BEFORE.match(words[0]):
            del words[0]
        pipeline.append(words)
        if separator is None or separator[0] != "|":
            yield pipeline
            pipeline = []
        begin = separator.end() if separator else 0


def _is_run(risk: str, pipeline: Sequence[Sequence[str]]) -> bool:
    first, _, second = (part.split() for part in risk.partition("|"))
    if second:
        numbers = [number for number, words in enumerate(pipeline) if _has(first, words)]
        return any(_has(second, words) for number in numbers for words in pipeline[number + 1 :])
    return any(_has(first, words) for words in pipeline)


def _has(sought: Sequence[str], words: Sequence[str]) -> bool:
    if not sought or not words:
        return False
    program, *others = sought if not sought[0].startswith("--") else ("", *sought)
    own = words[1:] if words[0] == "sudo" and program != "sudo" else words
    if program and (not own or own[0].rpartition("/")[2] != program):
        return False
    letters = "".join(word[1:] for word in own if re.fullmatch("-[A-Za-z]+", word))
    at = 1 if program else 0
    for word in others:
        if re.fullmatch("-[A-Za-z]+", word):
            if not set(word[1:]) <= set(letters):
                return False
            continue
        at = next((number for number in range(at, len(own)) if _is_word(word, own[number])), len(own)) + 1
        if at > len(own):
            return False
    return True


def _is_word(sought: str, word: str) -> bool:
    return word.startswith(sought) if sought.endswith("=") else word == sought or word.startswith(f"{sought}=")
