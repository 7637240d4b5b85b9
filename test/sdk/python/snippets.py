"""What the documentation of other gateways shows their users, with only the base URL and the key changed."""

import anthropic
import openai
import requests
from checks import KEY, URL, check, run
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI


@check
def one_client_for_every_model():
    client = openai.OpenAI(api_key=KEY, base_url=URL + "/v1")
    answers = {}
    for model in ["claude-sonnet-4-6", "claude-haiku-4-5", "deepseek-chat", "deepseek-reasoner"]:
        answer = client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Ahoy"}])
        answers[model] = answer.choices[0].message.content
    return answers


@check
def an_image_and_a_tool():
    client = openai.OpenAI(api_key=KEY, base_url=URL + "/v1")
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/boat.png"}}
    text = {"type": "text", "text": "What is on it?"}
    seen = client.chat.completions.create(model="claude-sonnet-4-6", messages=[{"role": "user", "content": [text, picture]}])
    weather = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
    called = client.chat.completions.create(
        model="claude-sonnet-4-6",
        messages=[{"role": "user", "content": "TOOLTEST: and the weather?"}],
        tools=[{"type": "function", "function": weather}],
    )
    return {"text": seen.choices[0].message.content, "tool": called.choices[0].message.tool_calls[0].function.name}


@check
def a_stream_read_by_its_first_choice():
    client = openai.OpenAI(api_key=KEY, base_url=URL + "/v1")
    said = [{"role": "user", "content": "A short poem"}]
    pieces = []
    for chunk in client.chat.completions.create(model="claude-sonnet-4-6", messages=said, stream=True):
        # Whoever writes it like this fails on a chunk without choices.
        delta = chunk.choices[0].delta.content
        if delta:
            pieces.append(delta)
    return {"text": "".join(pieces), "pieces": len(pieces)}


@check
def anthropic_at_the_root():
    client = anthropic.Anthropic(api_key=KEY, base_url=URL)
    said = [{"role": "user", "content": "Ahoy"}]
    return {"text": client.messages.create(model="claude-sonnet-4-5", max_tokens=1024, messages=said).content[0].text}


@check
def anthropic_behind_a_prefix():
    client = anthropic.Anthropic(api_key=KEY, base_url=URL + "/api/proxy")
    said = [{"role": "user", "content": "Ahoy"}]
    with client.messages.stream(model="claude-sonnet-4-6", max_tokens=1024, messages=said) as stream:
        streamed = "".join(stream.text_stream)
    system = [{"type": "text", "text": "Long instructions", "cache_control": {"type": "ephemeral"}}]
    cached = client.messages.create(model="claude-sonnet-4-6", max_tokens=1024, system=system, messages=said)
    thinking = {"type": "enabled", "budget_tokens": 5000}
    thought = client.messages.create(model="claude-sonnet-4-6", max_tokens=8000, thinking=thinking, messages=said)
    return {"streamed": streamed, "cached": cached.content[-1].text, "thought": thought.content[-1].text}


@check
def openai_behind_a_prefix():
    client = openai.OpenAI(base_url=URL + "/api/proxy/v1", api_key=KEY)
    said = [{"role": "user", "content": "Ahoy"}]
    return {"text": client.chat.completions.create(model="claude-sonnet-4-6", messages=said).choices[0].message.content}


@check
def plain_requests():
    headers = {"Authorization": "Bearer " + KEY, "Content-Type": "application/json"}
    payload = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Ahoy"}]}
    answer = requests.post(URL + "/v1/openai/chat/completions", headers=headers, json=payload, timeout=60)
    return {"status": answer.status_code, "text": answer.json()["choices"][0]["message"]["content"]}


@check
def langchain_under_the_vendors_name():
    llm = ChatOpenAI(base_url=URL + "/v1/openai", api_key=KEY, model="gpt-4o")
    said = [SystemMessage(content="Be brief."), HumanMessage(content="Ahoy")]
    return {"text": llm.invoke(said).content, "streamed": "".join(chunk.content for chunk in llm.stream(said))}


run()
