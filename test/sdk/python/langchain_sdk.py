"""The official `langchain-openai` package against a gateway."""

import openai
from checks import KEY, PROMPT, TOOL_PROMPT, URL, WRONG_KEY, check, run
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings


def model(**more):
    return ChatOpenAI(**{"base_url": URL + "/v1", "api_key": KEY, "model": "demo", "max_retries": 0, **more})


@tool
def get_weather(city: str) -> str:
    """The weather of a city"""
    return "sunny"


def seen(message):
    usage = message.usage_metadata
    return {"text": message.text, "usage": [usage["input_tokens"], usage["output_tokens"]]}


@check
def invoke():
    return seen(model().invoke([SystemMessage(content="Be brief."), HumanMessage(content=PROMPT)]))


@check
def stream():
    whole = None
    for chunk in model(stream_usage=True).stream(PROMPT):
        whole = chunk if whole is None else whole + chunk
    return seen(whole)


@check
def on_responses():
    return seen(model(use_responses_api=True).invoke(PROMPT))


@check
def tools():
    bound = model().bind_tools([get_weather])
    said = HumanMessage(content=TOOL_PROMPT)
    asked = bound.invoke([said])
    call = asked.tool_calls[0]
    answered = bound.invoke([said, asked, ToolMessage(content="sunny", tool_call_id=call["id"])])
    return {"name": call["name"], "args": call["args"], "text": answered.text}


@check
def embeddings():
    # It would otherwise fetch a vocabulary to count with, which the tests' machine may not.
    embedder = OpenAIEmbeddings(base_url=URL + "/v1", api_key=KEY, model="demo-embedding", check_embedding_ctx_length=False)
    return {"lengths": [len(vector) for vector in embedder.embed_documents(["a red boat", "a blue boat"])]}


@check
def wrong_key():
    try:
        model(api_key=WRONG_KEY).invoke(PROMPT)
    except openai.AuthenticationError as error:
        return {"status": error.status_code, "code": error.code}
    raise AssertionError("was not refused")


run()
